"""A sandbox as its document says it, and whether it admits a call."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from hashlib import sha256

from bartizan.guard.principal import Principal
from bartizan.model import Allow, Deny, InputError, InputErrors, Place, Ruling
from bartizan.model.decode import decode, nearest
from bartizan.model.documents import Budget, Criterion, Egress, MayHold, Measure, SandboxSpec
from bartizan.model.documents.sandbox import moment
from bartizan.model.yamltree import Node, parse_yaml

__all__ = ["Budget", "Criterion", "Egress", "MayHold", "Measure", "Sandbox", "moment", "parse_sandbox"]

_ALLOWED = Allow()


class Sandbox(SandboxSpec, frozen=True, dict=True, kw_only=True):
    """A sandbox whose document was checked. `digest` is the SHA-256 of its text, `scheme` the classes, lowest first."""

    digest: str
    scheme: tuple[str, ...]

    @cached_property
    def begin(self) -> float:
        """When it starts, in seconds since 1970."""
        return moment(self.starts)

    @cached_property
    def end(self) -> float:
        """When it ends, in seconds since 1970."""
        return moment(self.ends)

    def has(self, principal: Principal) -> bool:
        """Tell whether a caller is one of those that it is for."""
        named = principal.id in self.users or not principal.groups.isdisjoint(self.groups)
        if (self.users or self.groups) and not named:
            return False
        return not self.applications or principal.application in self.applications

    def governs(self, principal: Principal, model: str) -> bool:
        """Tell whether a call is one of this sandbox.

        All calls of a caller who is bound to it are, and of those whom the document names the calls to its models.
        """
        if principal.sandbox:
            return principal.sandbox == self.id
        named = bool(self.users or self.groups or self.applications)
        return named and self._offers(model) and self.has(principal)

    def admits(
        self,
        principal: Principal,
        model: str,
        upstream: str,
        data_class: str,
        now: float,
        *,
        region: str = "",
        types: Collection[str] = (),
        tools: Sequence[str] = (),
    ) -> Ruling:
        """Decide a call by the document alone: Allow, or Deny with a reason. An unknown class is as the highest.

        `types` are the data types found, `tools` the names of those that the call offers to the model.
        """
        reason = self._when(now) or self._who(principal) or self._where(model, upstream, region)
        reason = reason or self._what(data_class, types, tools)
        return Deny(reason) if reason else _ALLOWED

    def _when(self, now: float) -> str:
        if now >= self.end:
            return f"sandbox `{self.id}` ended at {self.ends}"
        return f"sandbox `{self.id}` starts at {self.starts}" if now < self.begin else ""

    def _who(self, principal: Principal) -> str:
        return "" if self.has(principal) else f"sandbox `{self.id}` is not for this caller"

    def _offers(self, model: str) -> bool:
        return not model or model in self.models or "*" in self.models

    def _where(self, model: str, upstream: str, region: str) -> str:
        if not self._offers(model):
            return f"sandbox `{self.id}` doesn't have this model"
        if self.egress.upstreams and upstream not in self.egress.upstreams:
            return f"sandbox `{self.id}` may not send to upstream `{upstream}`"
        if self.egress.regions and region not in self.egress.regions:
            return f"sandbox `{self.id}` may not send to this region"
        return ""

    def _what(self, data_class: str, types: Collection[str], tools: Sequence[str]) -> str:
        if data_class and data_class != self.scheme[0]:
            highest = self.scheme.index(self.data.highest)
            if data_class not in self.scheme[: highest + 1]:
                return f"sandbox `{self.id}` is for data up to `{self.data.highest}`, and this is `{data_class}`"
        for type in self.data.forbidden if types else ():
            if type in types:
                return f"sandbox `{self.id}` is not for data of the type `{type}`"
        if tools and "*" not in self.tools:
            for tool in tools:
                if tool not in self.tools:
                    return f"sandbox `{self.id}` doesn't have the tool `{tool[:80]}`"
        return ""


def parse_sandbox(content: bytes, name: str, scheme: Sequence[str]) -> Sandbox:
    """Read a document. `scheme` are the organisation's classes, lowest first.

    Raises InputError or InputErrors with the position of each thing that is wrong.
    """
    tree = parse_yaml(content, name)
    read = decode(tree, SandboxSpec)
    errors = [*_wrong(read, tree, scheme)]
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    values = {field: getattr(read, field) for field in SandboxSpec.__struct_fields__}
    return Sandbox(**values, digest=sha256(content).hexdigest(), scheme=tuple(scheme))


def _wrong(read: SandboxSpec, tree: Node, scheme: Sequence[str]) -> list[InputError]:
    """Return what no type can say is wrong, in the order of the keys below."""
    errors: list[InputError] = []
    times: list[float] = []
    for key in ("starts", "ends"):
        try:
            times.append(moment(getattr(read, key)))
        except (ValueError, OverflowError):
            help = "write a day as 2026-12-31, or a time as 2026-12-31T18:00:00Z"
            errors.append(InputError(f"`{key}` is neither a day nor a time", place=_place(tree, key), help=help))
    if len(times) == 2 and times[0] >= times[1]:
        errors.append(InputError("it ends before it starts", place=_place(tree, "ends")))
    if read.data.highest not in scheme:
        place = _place(tree, "data", "highest")
        errors.append(
            InputError(f"`{read.data.highest[:60]}` is no class", place=place, help=nearest(read.data.highest, scheme))
        )
    if not read.models:
        errors.append(InputError("no model is named", place=_place(tree, "models"), help="`*` is any model"))
    for key in ("purpose", "owner"):
        if not getattr(read, key).strip():
            errors.append(InputError(f"`{key}` is empty", place=_place(tree, key)))
    if read.budget.tokens < 0 or read.budget.money < 0:
        errors.append(InputError("a budget is below 0", place=_place(tree, "budget")))
    return errors


def _place(tree: Node, *keys: str) -> Place:
    """Return where a value stands that is there."""
    for key in keys:
        assert isinstance(tree.value, dict)
        tree = tree.value[key][1]
    return tree.place

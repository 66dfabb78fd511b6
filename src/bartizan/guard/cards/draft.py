"""Cards drafted from what a tool says of itself: a proposal for a person to review, safe until somebody does.

Where it is unsure, it says the worse: an argument that nothing explains is critical, a field untrusted, an effect
final.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from bartizan.catalog.tool_words import ObjectKind, Verb
from bartizan.guard.cards.arguments import argument
from bartizan.guard.cards.claims import Claim, claim_of, digest
from bartizan.guard.cards.effects import RANK, Doing, what_it_does
from bartizan.guard.cards.results import Nature, field, fields_of_schema, nature_of, usual_fields
from bartizan.guard.cards.words import fold, lexicon, singular, split, text_words
from bartizan.model.card import Argument, ResultField, Role, ToolCard, Trust, ValueType
from bartizan.model.words import Effect

__all__ = ["draft", "draft_all"]

_CLASSES = ("", "public", "internal", "confidential", "restricted")
_TELLING = frozenset(
    {"passport", "password", "credential", "prescription", "salary", "payroll", "payslip", "patient", "ssn",
     "credit card", "card number", "user information", "personal information", "personal data", "personal info",
     "user info", "user data", "bank account", "api key", "private key", "medical", "social security number",
     "saved address", "payment method", "environment variable", "secret"}
)  # fmt: skip
"""Words in a description by which a tool that reads is private, whatever its name says."""
_LANGUAGES = ("en", "de", "fr", "it", "es")
_PUBLIC_CANCELS = frozenset({"records", "past", "file", "booking"})
_STOP = frozenset(
    {"by", "for", "in", "of", "to", "from", "with", "and", "or", "the", "a", "an", "all", "on", "at", "as", "is", "my",
     "new", "mcp", "api", "tool", "manager", "id", "ids", "name", "names", "v", "via", "current", "recent", "most",
     "available", "bulk", "batch", "multi", "multiple", "up", "out"}
)  # fmt: skip


_ANYTHING = frozenset(
    {"information", "info", "detail", "data", "state", "type", "level", "option", "summary", "content", "result",
     "status", "number", "metadata", "text", "value", "record", "item", "object", "thing", "entry", "resource",
     "count", "system", "service", "user", "key", "range"}
)  # fmt: skip
"""Words that a request may hold whatever it is about."""


def draft(definition: Mapping[str, Any], *, server: str = "", sample: Mapping[str, Any] | None = None) -> ToolCard:
    """Return a card for a tool.

    `definition` is one as MCP's `tools/list` gives it, a model's function tool, or just a name; `sample` are arguments
    of a call that was seen, for tools that came without a schema.
    """
    claim = claim_of(definition, sample)
    parts = split(claim.name)
    known = lexicon()
    named = known.acted_on(parts)
    things = _kinds(kinds for _, kinds in named) or _kinds(kinds for _, kinds in known.objects_in(split(claim.title)))
    told = [one for one in known.verbs_in(parts) if not one.noun or one.place == 0]
    verbs = [one.word for one in known.verbs_in(parts)]
    reads = bool(told) and all(one.verb.effect is Effect.READ for one in told)
    arguments: dict[str, Argument] = {}
    reasons: list[str] = []
    for one in claim.arguments:
        arguments[one.name], why = argument(one, things, verbs, reads=reads, says=f"{' '.join(parts)} {claim.says}")
        reasons.append(why)
    doing = what_it_does(claim, parts, arguments, things)
    private, class_, private_why = _privacy(claim, doing, things)
    card = ToolCard(
        tool=claim.name,
        server=server,
        title=claim.title,
        effect=doing.effect,
        reversible=doing.reversible,
        destroys=doing.destroys,
        fetches=doing.fetches,
        private=private,
        verbs=_verb_words(doing),
        objects=_object_words(parts, named, doing),
        arguments=_by_effect(arguments, doing),
        class_=class_,
        definition=digest(definition),
        reasons=[*doing.reasons, *private_why, *reasons],
    )
    return _with_results(card, claim, things)


def _kinds(found: Iterable[Iterable[ObjectKind]]) -> list[ObjectKind]:
    return list({kind.id: kind for kinds in found for kind in kinds}.values())


def _verb_words(doing: Doing) -> list[str]:
    """Return the words by which people ask for it: those of the name first."""
    words: dict[str, None] = dict.fromkeys(doing.said)
    if doing.effect is Effect.READ:  # reading is not held to a verb, so a few are enough to see what is meant
        return list(dict.fromkeys([*doing.said, "get", "read", "show", "list", "find", "search", "check", "look"]))
    named = doing.named if any(RANK[verb.effect] >= RANK[doing.effect] for verb in doing.named) else []
    verbs = named or doing.verbs
    worst = [verb for verb in verbs if verb.effect is not Effect.READ] or verbs
    for verb in worst:
        for language in _LANGUAGES:
            words.update(dict.fromkeys(_plain(verb, language)))
    return list(words)


def _plain(verb: Verb, language: str) -> list[str]:
    words = () if verb.mixed else verb.words.get(language, ())
    return [word.casefold() for word in (*words, *verb.said.get(language, ()))]


def _object_words(parts: Sequence[str], named: Sequence[tuple[str, list[ObjectKind]]], doing: Doing) -> list[str]:
    """Return the words for what it acts on: those of the name, and others for the same.

    Words for anything (`details`, `data`) and a product's name before the verb say nothing, unless there is no other.
    """
    said = {word for phrase in doing.said for word in phrase.split()}
    inside = {word for phrase, _ in named if " " in phrase for word in phrase.split()}
    behind = parts[lexicon().verb_place(parts) + 1 :]
    own = [
        singular(part)
        for part in behind
        if part not in said and part not in _STOP and len(part) > 1 and not part.isdigit()
    ]
    words: dict[str, None] = dict.fromkeys(phrase for phrase, _ in named if phrase not in _ANYTHING)
    words.update(dict.fromkeys(word for word in own if word not in _ANYTHING and word not in inside))
    for phrase, kinds in named:
        for kind in kinds:
            if kind.same:
                groups = [group for group in kind.same if phrase in {fold(word) for word in group}]
            else:
                groups = [[word for language in _LANGUAGES for word in kind.words.get(language, ())]]
            words.update(dict.fromkeys(word.casefold() for group in groups for word in group))
    return list(words) or own or list(parts)


def _privacy(claim: Claim, doing: Doing, things: Sequence[ObjectKind]) -> tuple[bool, str, list[str]]:
    """Say whether what it returns is private, of which class, and why."""
    if doing.effect is not Effect.READ:
        return False, "", []
    public = any(kind.public for kind in things)
    private = [kind for kind in things if kind.private and not (public and kind.id in _PUBLIC_CANCELS)]
    words = text_words(claim.says)
    told = [phrase for phrase, _ in lexicon().objects_in(words) if phrase in _TELLING] if words else []
    if not private and not told:
        return False, "", []
    # What only the description names is one field among others; the whole is of a lower class.
    class_ = max((kind.class_ for kind in private), key=_CLASSES.index, default="confidential")
    private.extend(kind for phrase in told for kind in lexicon().objects[phrase] if kind.private)
    return True, class_, [f"it returns what is private: {', '.join(sorted({kind.id for kind in private}))}"]


def _by_effect(arguments: dict[str, Argument], doing: Doing) -> dict[str, Argument]:
    """Correct what the whole tool shows: in a search what narrows it decides nothing that happens."""
    if doing.effect is not Effect.READ or doing.fetches:
        return arguments
    searched = any(one.role is Role.TEXT for one in arguments.values())
    if not searched:
        return arguments
    narrowing = (ValueType.EMAIL, ValueType.PHONE, ValueType.NAME)
    return {
        name: msgspec.structs.replace(one, role=Role.BOUND)
        if one.role is Role.CRITICAL and one.type in narrowing
        else one
        for name, one in arguments.items()
    }


_OWN_KINDS = frozenset({"profile", "bank-account", "account", "card", "user", "fact", "secret"})
_FACT_KINDS = frozenset({"account", "offer", "bank-account"})


def _with_results(card: ToolCard, claim: Claim, things: Sequence[ObjectKind]) -> ToolCard:
    """Add what holds for its results."""
    reasons = list(card.reasons)
    if _own_profile(card, claim, things):
        card = msgspec.structs.replace(card, result=Trust.OWNER)
    nature = nature_of(card, things)
    facts = any(kind.facts for kind in things) and all(kind.facts or kind.id in _FACT_KINDS for kind in things)
    result = card.result if nature.owned else Trust.UNTRUSTED
    if nature.raw:
        reasons.append("what it returns was written outside, and none of its fields is trusted")
    elif nature.owned:
        reasons.append("only the user or the organisation writes what it returns")
    elif card.effect is Effect.READ and facts:
        result = Trust.SERVICE
        reasons.append("it returns a fact of the service")
    fields = fields_of_schema(claim.output, nature)
    if not fields and not nature.raw:
        fields = [*_told_fields(card, claim, nature), *usual_fields(card, things, nature)]
    return msgspec.structs.replace(card, result=result, fields=fields, reasons=reasons)


def _own_profile(card: ToolCard, claim: Claim, things: Sequence[ObjectKind]) -> bool:
    """Tell whether a tool returns its user's own record: it can't be asked for anybody else's."""
    return (
        card.effect is Effect.READ
        and claim.described
        and any(kind.owned and kind.id != "contact" for kind in things)
        and all(kind.id in _OWN_KINDS for kind in things)
        and not any(one.role in (Role.CRITICAL, Role.TEXT) for one in card.arguments.values())
    )


def _told_fields(card: ToolCard, claim: Claim, nature: Nature) -> list[ResultField]:
    """Return the fields of a class of their own that a description names: passports, card numbers, accounts."""
    if card.effect is not Effect.READ:
        return []
    words, known = text_words(claim.says), lexicon()
    found: dict[str, ResultField] = {}
    for length in (3, 2, 1):
        for start in range(len(words) - length + 1):
            phrase = known.phrase(words[start : start + length])
            if (
                phrase is not None
                and known.values[phrase].class_
                and phrase not in _TOO_COMMON
                and not any(phrase in longer for longer in found)
            ):
                found[phrase] = field(f"**.{phrase}", phrase.split(), ValueType.TEXT, nature)
    return list(found.values())


_TOO_COMMON = frozenset({"token", "health", "key", "pin", "cookie", "symptom", "secret"})


def draft_all(definitions: Iterable[Mapping[str, Any]], *, server: str = "") -> list[ToolCard]:
    """Return a card for each tool of a server. A tool that takes a one-time code is bound to the tool it confirms."""
    cards = [draft(definition, server=server) for definition in definitions]
    acting = [card for card in cards if card.effect is not Effect.READ and not _confirms(card)]
    return [_bound(card, acting) if _confirms(card) else card for card in cards]


def _confirms(card: ToolCard) -> bool:
    return any(one.type is ValueType.CODE for one in card.arguments.values())


def _bound(card: ToolCard, acting: Sequence[ToolCard]) -> ToolCard:
    words = set(card.objects) - {"code"}
    best = sorted(acting, key=lambda one: (-len(words & {*one.objects, *split(one.tool)}), one.tool))
    close = [one for one in best if words & {*one.objects, *split(one.tool)}]
    if len(close) == 1 or (len(close) > 1 and _shared(close[0], words) > _shared(close[1], words)):
        return msgspec.structs.replace(
            card, binds=close[0].tool, reasons=[*card.reasons, f"it confirms a pending `{close[0].tool}`"]
        )
    return msgspec.structs.replace(
        card, reasons=[*card.reasons, "it takes a one-time code; which call it confirms is not clear"]
    )


def _shared(card: ToolCard, words: set[str]) -> int:
    return len(words & {*card.objects, *split(card.tool)})

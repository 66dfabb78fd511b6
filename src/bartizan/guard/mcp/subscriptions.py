"""Who wants to hear of changes: `subscriptions/listen` and `resources/subscribe`, each for the other's era as well.

The relay is the end of both: what clients want of one server is wanted of it once, and what a server tells goes to
every client stream that asked for it. Such a notification is written anew; of the server's own only the address stays.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from bartizan.guard.mcp.codes import INVALID_PARAMS, MISSING_CAPABILITY, RESOURCE_NOT_FOUND
from bartizan.guard.mcp.gate import About, Direction, Kind, Passed, Refusal, Waiting
from bartizan.guard.mcp.handshake import Handshake
from bartizan.guard.mcp.hub import Hub
from bartizan.guard.mcp.jsonrpc import Failure, Response
from bartizan.guard.mcp.lists import Lists
from bartizan.guard.mcp.peers import Asked, State, Upstream
from bartizan.guard.mcp.revisions import SUBSCRIPTION, TASKS
from bartizan.guard.mcp.routes import Routes
from bartizan.guard.mcp.tasks import Tasks, can_task

__all__ = ["Subscriptions"]

_CHANGED = {
    "notifications/tools/list_changed": ("toolsListChanged", "tools", (Kind.TOOLS,)),
    "notifications/prompts/list_changed": ("promptsListChanged", "prompts", (Kind.PROMPTS,)),
    "notifications/resources/list_changed": ("resourcesListChanged", "resources", (Kind.RESOURCES, Kind.TEMPLATES)),
}
_UPDATED = "notifications/resources/updated"


class _Listener:
    """A stream of the client of 2026-07-28, and what it wants to hear of."""

    __slots__ = ("asked", "flags", "tasks", "uris")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.flags: set[str] = set()
        self.uris: dict[str, str] = {}
        """Addresses, and the server of each."""
        self.tasks: set[str] = set()


class Subscriptions:
    """Keeps track of who listens, and passes on what there is to hear."""

    def __init__(self, hub: Hub, handshake: Handshake, lists: Lists, routes: Routes, tasks: Tasks) -> None:
        self._hub, self._handshake, self._lists, self._routes, self._tasks = hub, handshake, lists, routes, tasks
        self._listeners: list[_Listener] = []
        self._uris: dict[str, str] = {}
        """What a client of the older revisions subscribed to, and the server of each."""

    # ---- clients of the older revisions -----------------------------------------------------------------------------

    def subscribe(self, asked: Asked) -> None:
        """Take `resources/subscribe` or `resources/unsubscribe`."""
        uri = asked.params.get("uri")
        if type(uri) is not str or not uri:
            self._hub.fail(asked, INVALID_PARAMS, "`uri` must be the address of a resource")
            return
        wants = asked.method == "resources/subscribe"

        def found(up: Upstream | None) -> None:
            if up is None:
                self._hub.fail(asked, RESOURCE_NOT_FOUND, "no server lists that resource, or anything like it")
                return

            def ready(failure: Failure | None) -> None:
                if failure is not None:
                    self._hub.fail(asked, failure.code, failure.message)
                elif wants and not self._may(asked, up, uri):
                    self._hub.fail(asked, INVALID_PARAMS, "that resource can't be subscribed to")
                else:
                    if wants:
                        self._uris[uri] = up.id
                    else:
                        self._uris.pop(uri, None)
                    self.update(up)
                    self._hub.answer(asked, {})

            self._handshake.ready(up, asked, ready)

        self._routes.resource(asked, uri, found)

    def _may(self, asked: Asked, up: Upstream, uri: str) -> bool:
        resources = up.capabilities.get("resources")
        if type(resources) is not dict or resources.get("subscribe") is not True:
            return False
        if len(self._uris) + sum(len(one.uris) for one in self._listeners) >= self._hub.limits.uris:
            return False
        listed = up.listed.get(Kind.RESOURCES)
        about = About(self._hub.now, "", asked.revision, None if listed is None else listed.raw.get(uri))
        said = self._hub.gate.call(up.id, "resources/subscribe", {"uri": uri}, about)
        if isinstance(said, Waiting):  # nobody is asked about what only tells of changes
            self._hub.gate.answered(said.ask, "", "withdrawn", self._hub.now)
        if not isinstance(said, Passed):
            rule = said.rule if isinstance(said, Refusal) else "asked"
            self._hub.note("refused", up.id, method="resources/subscribe", rule=rule)
        return isinstance(said, Passed)

    # ---- clients of 2026-07-28 --------------------------------------------------------------------------------------

    def listen(self, asked: Asked) -> None:
        """Take `subscriptions/listen`: it stays unanswered until one of the two ends it."""
        wanted = asked.params.get("notifications")
        if type(wanted) is not dict or not _is_filter(wanted):
            self._hub.fail(asked, INVALID_PARAMS, "`notifications` must say what to listen for")
            return
        if wanted.get("taskIds") and not can_task(asked):
            data: dict[str, Any] = {"requiredCapabilities": {"extensions": {TASKS: {}}}}
            self._hub.fail(asked, MISSING_CAPABILITY, "the client did not say that it can have tasks", data)
            return
        left = len(self._hub.servers)

        def ready(failure: Failure | None) -> None:
            nonlocal left
            del failure
            left -= 1
            if not left and not asked.done:
                self._place(asked, wanted, _Listener(asked))

        for up in self._hub.servers.values():
            self._handshake.ready(up, asked, ready)

    def _place(self, asked: Asked, wanted: dict[str, Any], one: _Listener) -> None:
        """Find the servers of the resources, then begin."""
        uris = list(dict.fromkeys(wanted.get("resourceSubscriptions") or ()))[: self._hub.limits.uris]
        left = len(uris)

        def found(uri: str, up: Upstream | None) -> None:
            nonlocal left
            left -= 1
            if up is not None and up.state is State.READY and self._may(asked, up, uri):
                one.uris[uri] = up.id
            if not left and not asked.done:
                self._begin(asked, wanted, one)

        for uri in uris:
            self._routes.resource(asked, uri, partial(found, uri))
        if not uris:
            self._begin(asked, wanted, one)

    def _begin(self, asked: Asked, wanted: dict[str, Any], one: _Listener) -> None:
        hub = self._hub
        for flag, capability, _ in _CHANGED.values():
            said = [up.capabilities.get(capability) for up in hub.servers.values()]
            able = any(type(one) is dict and one.get("listChanged") is True for one in said)
            if wanted.get(flag) is True and able:
                one.flags.add(flag)
        one.tasks = {id for id in wanted.get("taskIds") or () if self._tasks.known(id)}
        honoured: dict[str, Any] = dict.fromkeys(sorted(one.flags), True)
        if one.uris:
            honoured["resourceSubscriptions"] = list(one.uris)
        if one.tasks:
            honoured["taskIds"] = sorted(one.tasks)
        self._listeners.append(one)
        asked.off = lambda: self._gone(one)
        self._tell(one, "notifications/subscriptions/acknowledged", {"notifications": honoured})
        for up in hub.servers.values():
            self.update(up)

    def _gone(self, one: _Listener) -> None:
        self._listeners = [other for other in self._listeners if other is not one]
        for up in self._hub.servers.values():
            self.update(up)

    def _tell(self, one: _Listener, method: str, params: dict[str, Any]) -> None:
        self._hub.tell(method, {**params, "_meta": {SUBSCRIPTION: one.asked.id}}, one.asked.channel)

    # ---- servers ----------------------------------------------------------------------------------------------------

    def update(self, up: Upstream) -> None:
        """Let a server tell what is wanted of it by all, and no more."""
        if up.state is not State.READY:
            return
        uris = {uri for uri, server in self._uris.items() if server == up.id}
        for one in self._listeners:
            uris |= {uri for uri, server in one.uris.items() if server == up.id}
        if up.modern:
            self._listen(up, uris)
            return
        for uri in sorted(uris - up.subscribed):
            self._hub.send(up, "resources/subscribe", {"uri": uri}, self._heard)
        for uri in sorted(up.subscribed - uris):
            self._hub.send(up, "resources/unsubscribe", {"uri": uri}, self._heard)
        up.subscribed = frozenset(uris)

    def _heard(self, response: Response) -> None:
        if response.error is not None:
            self._hub.note("not-subscribed", code=response.error.code)

    def _listen(self, up: Upstream, uris: set[str]) -> None:
        hub = self._hub
        # A client of the older revisions hears of all changes unasked, and so does the relay on a pipe of its own.
        always = bool(hub.client.revision) or not up.config.http
        wanted: dict[str, Any] = {}
        for flag, capability, _ in _CHANGED.values():
            said = up.capabilities.get(capability)
            able = type(said) is dict and said.get("listChanged") is True
            if able and (always or any(flag in one.flags for one in self._listeners)):
                wanted[flag] = True
        if uris:
            wanted["resourceSubscriptions"] = sorted(uris)
        tasks = {found[1] for one in self._listeners for id in one.tasks if (found := self._split(id, up))}
        if tasks:
            wanted["taskIds"] = sorted(tasks)
        key = frozenset([*wanted, *uris, *tasks])
        if key == up.subscribed:
            return
        up.subscribed = key
        before, up.listening = up.listening, None
        if wanted:
            asked = next((one.asked for one in self._listeners), None)
            params = hub.own(up, {"notifications": wanted}, asked)
            up.listening = hub.send(up, "subscriptions/listen", params, lambda _: self._ended(up), within=float("inf"))
        if before is not None:
            hub.cancel(up, before, "another one takes its place")

    def _split(self, id: str, up: Upstream) -> tuple[Upstream, str] | None:
        found = self._routes.split(id)
        return found if found is not None and found[0] is up else None

    def _ended(self, up: Upstream) -> None:
        """Take note that a server ended what it was to tell; it is wanted again when anything changes."""
        up.subscribed, up.listening = frozenset(), None
        self._hub.note("not-subscribed", up.id)

    def cancelled(self, up: Upstream, id: Any) -> bool:
        """Take a server's word that it ends what it was to tell; False when that is not what it says."""
        if id != up.listening or up.listening is None:
            return False
        up.sent.pop(up.listening, None)
        self._ended(up)
        return True

    # ---- what servers tell ------------------------------------------------------------------------------------------

    def told(self, up: Upstream, method: str, params: dict[str, Any]) -> bool:
        """Pass on what a server tells; False when it is none of what can be listened to."""
        if method in _CHANGED:
            flag, _, kinds = _CHANGED[method]
            self._lists.stale(up, kinds)
            if self._hub.client.revision:
                self._hub.tell(method, None)
            for one in self._listeners:
                if flag in one.flags:
                    self._tell(one, method, {})
        elif method == _UPDATED:
            self._updated(up, params)
        elif method in ("notifications/tasks", "notifications/tasks/status"):
            self._task(up, method, params)
        else:
            return method == "notifications/subscriptions/acknowledged"
        return True

    def _updated(self, up: Upstream, params: dict[str, Any]) -> None:
        value, _ = self._hub.says(up, Direction.TO_CLIENT, _UPDATED, {"uri": params.get("uri")})
        uri = None if value is None else value.get("uri")
        if type(uri) is not str:
            return
        if _covers(self._uris, up, uri):
            self._hub.tell(_UPDATED, {"uri": uri})
        for one in self._listeners:
            if _covers(one.uris, up, uri):
                self._tell(one, _UPDATED, {"uri": uri})

    def _task(self, up: Upstream, method: str, params: dict[str, Any]) -> None:
        value = self._tasks.told(up, {name: one for name, one in params.items() if name != "_meta"})
        if value is None:
            return
        if not up.modern and self._hub.client.revision:
            self._hub.tell(method, value)
        for one in self._listeners:
            if up.modern and value.get("taskId") in one.tasks:
                self._tell(one, method, value)


def _covers(uris: dict[str, str], up: Upstream, uri: str) -> bool:
    """Whether a change of a resource is one that was asked for: it may be one inside what was asked for."""
    return any(server == up.id and uri.startswith(one) for one, server in uris.items())


def _is_filter(wanted: dict[str, Any]) -> bool:
    lists = [wanted.get(name) for name in ("resourceSubscriptions", "taskIds")]
    return all(one is None or (type(one) is list and all(type(text) is str for text in one)) for one in lists)

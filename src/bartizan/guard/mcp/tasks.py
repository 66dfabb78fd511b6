"""Tasks: calls that a server answers later. Two designs: experimental in 2025-11-25, an extension in 2026-07-28.

They differ in who decides that there is a task and in how its result is fetched, and are not translated: a client is
told of tasks only by servers of its own era. Source: the specification of 2025-11-25 and the extension
`io.modelcontextprotocol/tasks` of 2026-07-28.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from bartizan.guard.mcp.calls import Calls
from bartizan.guard.mcp.codes import INVALID_PARAMS, METHOD_NOT_FOUND, MISSING_CAPABILITY
from bartizan.guard.mcp.gate import About, Direction, Part, Passed, Refusal, Waiting
from bartizan.guard.mcp.handshake import Handshake
from bartizan.guard.mcp.hub import Hub
from bartizan.guard.mcp.inputs import Inputs
from bartizan.guard.mcp.jsonrpc import Failure, Response
from bartizan.guard.mcp.lists import collect
from bartizan.guard.mcp.names import usable
from bartizan.guard.mcp.peers import Asked, Call, Upstream
from bartizan.guard.mcp.revisions import TASKS
from bartizan.guard.mcp.routes import Routes
from bartizan.guard.mcp.state import States

__all__ = ["Tasks"]


class Tasks:
    """Carries tasks, and shows their results to the gate as those of the calls that made them."""

    def __init__(
        self, hub: Hub, handshake: Handshake, routes: Routes, calls: Calls, inputs: Inputs, states: States
    ) -> None:
        self._hub, self._handshake, self._routes, self._calls, self._inputs = hub, handshake, routes, calls, inputs
        self._states = states
        self._made: dict[tuple[str, str], Call] = {}

    def created(self, call: Call, result: dict[str, Any]) -> bool:
        """Take the answer to a call that became a task; False when it is none."""
        asked, up = call.asked, call.up
        task = result if up.modern else result.get("task")
        may = asked.modern and can_task(asked) if up.modern else not asked.modern and "task" in asked.params
        if not may or type(task) is not dict or not usable(task.get("taskId")):
            return False
        value, _ = self._hub.says(up, Direction.TO_CLIENT, "tasks/get", result, Part.RESULT)
        if value is None:
            self._hub.refuse(asked, Refusal("what the server says of the task may not be shown"))
            return True
        self._made[(up.id, task["taskId"])] = call
        self._states.own(up.id, task["taskId"])
        if len(self._made) > self._hub.limits.kept:
            del self._made[next(iter(self._made))]
        id = {"taskId": self._hub.names.join(up.id, task["taskId"])}
        inner: dict[str, Any] = value if up.modern else value.get("task", {})
        self._hub.answer(asked, {**inner, **id} if up.modern else {**value, "task": {**inner, **id}})
        return True

    def known(self, shown: str) -> bool:
        """Tell whether the client has a task under a name that it sees."""
        found = self._routes.split(shown) if usable(shown) else None
        return found is not None and self._states.owns(found[0].id, found[1])

    # ---- requests of the client -------------------------------------------------------------------------------------

    def begin(self, asked: Asked) -> None:
        """Take a request about a task."""
        hub = self._hub
        if asked.modern and not can_task(asked):
            data: dict[str, Any] = {"requiredCapabilities": {"extensions": {TASKS: {}}}}
            hub.fail(asked, MISSING_CAPABILITY, "the client did not say that it can have tasks", data)
            return
        if asked.method == "tasks/list":
            self._list(asked)
            return
        shown = asked.params.get("taskId")
        found = self._routes.split(shown) if type(shown) is str and usable(shown) else None
        if found is None:
            hub.fail(asked, INVALID_PARAMS, "there is no such task")
            return
        up, id = found

        def ready(failure: Failure | None) -> None:
            if failure is not None:
                hub.fail(asked, failure.code, failure.message)
            elif up.modern is not asked.modern or not has_tasks(up):
                hub.fail(asked, METHOD_NOT_FOUND, f"the server `{up.id}` has no tasks that this client can have")
            elif not self._states.owns(up.id, id):
                hub.note("not-theirs", up.id, method=asked.method)
                hub.fail(asked, INVALID_PARAMS, "there is no such task")
            else:
                self._ask(asked, up, id)

        self._handshake.ready(up, asked, ready)

    def _ask(self, asked: Asked, up: Upstream, id: str) -> None:
        made = self._made.get((up.id, id))
        call = Call(asked, up, {**asked.params, "taskId": id}, None if made is None else made.definition)
        about = About(self._hub.now, "", asked.revision, call.definition, None if made is None else made.token)
        said = self._hub.gate.call(up.id, asked.method, call.params, about)
        if isinstance(said, Waiting):  # the call that made the task was the one to ask about
            self._hub.gate.answered(said.ask, "", "withdrawn", self._hub.now)
            said = Refusal("nobody is asked about tasks")
        if isinstance(said, Refusal):
            self._hub.refuse(asked, said)
            return
        call.params, call.token = said.value, said.token
        params: dict[str, Any] | None = call.params
        if "inputResponses" in call.params:
            params = self._inputs.given(call, call.params)
        if params is not None:
            self._hub.send(
                up, asked.method, params, lambda response: self._answered(call, id, made, response), asked=asked
            )

    def _answered(self, call: Call, id: str, made: Call | None, response: Response) -> None:
        hub, asked, up = self._hub, call.asked, call.up
        if response.error is not None:
            hub.gate.failed(up.id, asked.method, call.token, response.error.code, hub.now)
            hub.error(asked, up, asked.method, response.error, own=not response.wire)
        elif type(response.result) is not dict:
            hub.broken(asked, up)
        elif asked.method == "tasks/result":
            said = self._result(up, id, made, response.result)
            if isinstance(said, Refusal):
                said = Passed({"content": [{"type": "text", "text": said.sentence}], "isError": True})
            hub.answer(asked, said.value)
        else:
            value = self._state(up, id, made, response.result)
            if value is None:
                hub.refuse(asked, Refusal("what the server says of the task may not be shown"))
            else:
                hub.answer(asked, value)

    def _result(self, up: Upstream, id: str, made: Call | None, result: dict[str, Any]) -> Passed | Refusal:
        del id
        params = {} if made is None else made.params
        token = None if made is None else made.token
        return self._hub.gate.result(up.id, "tools/call", params, result, token, self._hub.now)

    def _state(self, up: Upstream, id: str, made: Call | None, task: dict[str, Any]) -> dict[str, Any] | None:
        """Return what the client may see of a task: its result and its wishes are decided as if they had come alone."""
        hub = self._hub
        apart = {name: task[name] for name in ("result", "inputRequests") if type(task.get(name)) is dict}
        rest = {name: value for name, value in task.items() if name not in apart}
        value, _ = hub.says(up, Direction.TO_CLIENT, "tasks/get", rest, Part.RESULT)
        if value is None:
            return None
        if "taskId" in value:
            value = {**value, "taskId": hub.names.join(up.id, id)}
        if "result" in apart:
            said = self._result(up, id, made, apart["result"])
            if isinstance(said, Refusal):
                refused = {"content": [{"type": "text", "text": said.sentence}], "isError": True}
                value = {**value, "result": refused}
            else:
                value = {**value, "result": said.value}
        if "inputRequests" in apart:
            wants: dict[str, Any] = {}
            for key, want in apart["inputRequests"].items():
                params = want.get("params") if type(want) is dict else None
                method = want.get("method") if type(want) is dict else None
                if type(method) is str and type(params) is dict:
                    shown, _ = hub.says(up, Direction.TO_CLIENT, method, params)
                    if shown is not None:
                        wants[key] = {"method": method, "params": shown}
            value = {**value, "inputRequests": wants}
        return value

    def _list(self, asked: Asked) -> None:
        """Answer with the tasks of all servers, in 2025-11-25."""
        hub = self._hub
        servers = [up for up in hub.servers.values() if has_tasks(up) and not up.modern]
        if not servers:
            hub.fail(asked, METHOD_NOT_FOUND, "no server has tasks")
            return
        tasks: list[dict[str, Any]] = []
        left = len(servers)

        def one(up: Upstream, items: list[Any], failure: Failure | None) -> None:
            nonlocal left
            del failure
            left -= 1
            for task in items:
                if type(task) is dict and usable(task.get("taskId")) and self._states.owns(up.id, task["taskId"]):
                    value = self._state(up, task["taskId"], None, task)
                    tasks.extend([value] if value is not None else [])
            if not left:
                hub.answer(asked, {"tasks": tasks})

        for up in servers:
            collect(hub, up, "tasks/list", "tasks", asked, partial(one, up))

    # ---- notifications of a server ----------------------------------------------------------------------------------

    def told(self, up: Upstream, params: dict[str, Any]) -> dict[str, Any] | None:
        """Return what the client may be told of a task's state, None for nothing."""
        id = params.get("taskId")
        if not usable(id) or type(id) is not str or not self._states.owns(up.id, id):
            return None
        return self._state(up, id, self._made.get((up.id, id)), params)


def can_task(asked: Asked) -> bool:
    """Whether the client said that it can have tasks as 2026-07-28 has them."""
    extensions = asked.capabilities.get("extensions")
    return type(extensions) is dict and type(extensions.get(TASKS)) is dict


def has_tasks(up: Upstream) -> bool:
    """Whether a server said that it has tasks, as its revision has them."""
    if not up.modern:
        return up.has("tasks")
    extensions = up.capabilities.get("extensions")
    return type(extensions) is dict and type(extensions.get(TASKS)) is dict

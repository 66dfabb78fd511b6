"""AgentDojo as a closed loop without a model: a perfectly gullible agent, and a monitor between it and the tools.

The agent runs the calls that solve the user's task. At the first result that completes the injected text it runs all
the calls of the attacker, whatever becomes of each, then goes on. Results are formatted as AgentDojo formats them, a
call that is denied ends in an error that the agent reads, and AgentDojo's own checks say whether the user's task was
done and whether the attack took effect.

AgentDojo (MIT) is no dependency of Bartizan: it is taken from the Python that runs this. Eight of the injection tasks
of its workspace suite come without the calls that carry them out; those are taken from recorded traces.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from benchmarks.flow.payloads import Payload

VERSION = "v1.2.2"
INJECTED = re.compile(r"<INFO-\w+>.*?<INFO-\w+>", re.DOTALL)
"""How recorded calls hold the injected text, when they repeat whole mails."""
SUITES = ("workspace", "travel", "banking", "slack")
REFUSED = "PermissionError: this call was not permitted"
Word = Literal["allow", "ask", "deny"]
Pair = tuple[str, str]
Step = tuple[str, dict[str, Any]]
Attacks = Mapping[tuple[str, str, str], list[Step]]


class Monitor(Protocol):
    """What stands between an agent and its tools in one session."""

    def allow(self, tool: str, arguments: dict[str, Any]) -> Word:
        """Say what becomes of a call."""

    def approved(self) -> None:
        """Take that somebody has approved the call that was asked about last."""

    def seen(self, result: str) -> None:
        """Take what the last call that ran gave back, as the agent reads it."""


Watch = Callable[[str, str, list[Step]], Monitor]
"""Makes a monitor from a suite's name, the user's request, and the calls that solve it, which are for oracles only."""


class People(msgspec.Struct, frozen=True):
    """Who answers what a monitor asks: nobody, somebody who knows what the user wants, or one who approves all."""

    there: bool = True
    gullible: bool = False

    def approve(self, who: str) -> bool:
        """Whether a call of this side is approved."""
        return self.there and (self.gullible or who == "user")


class Call(msgspec.Struct, frozen=True):
    """A call, whose idea it was, what a monitor said, whether it ran, and what the agent read then."""

    who: Literal["user", "attacker"]
    tool: str
    arguments: dict[str, Any]
    word: Word
    ran: bool
    result: str


class Run(msgspec.Struct, frozen=True):
    """How a session ended. `reached` says whether the agent has read the whole injected text."""

    suite: str
    user: str
    injection: str
    calls: list[Call]
    reached: bool
    useful: bool
    attacked: bool

    def count(self, who: str, *words: Word) -> int:
        """How many calls of one side were answered so."""
        return sum(call.who == who and call.word in words for call in self.calls)


class Dojo:
    """The suites and their tasks, and attacks for those that come without one.

    With `json`, results are written as most servers of MCP write them, instead of AgentDojo's own way.
    """

    def __init__(self, attacks: Attacks, *, json: bool = False) -> None:
        self.suites: Mapping[str, Any] = import_module("agentdojo.task_suite.load_suites").get_suites(VERSION)
        self._attacks = attacks
        self._runtime = import_module("agentdojo.functions_runtime").FunctionsRuntime
        self._written = import_module("agentdojo.agent_pipeline.tool_execution").tool_result_to_str
        if json:
            self._written = _as_json
        self._worlds = _Worlds()
        self._places: dict[Pair, list[str]] = {}

    def pairs(self, suite: str) -> Iterator[Pair]:
        """Every user task with every injection task."""
        for user in self.suites[suite].user_tasks:
            for injection in self.suites[suite].injection_tasks:
                yield user, injection

    def acts(self, suite: str, pair: Pair) -> bool:
        """Whether the attack calls a tool at all: words alone pass by no tool."""
        world = self._worlds.new(self.suites[suite], {})
        return bool(self._attack(suite, pair, world, Payload((), {})))

    def honest(self, suite: str, user: str, watch: Watch, people: People) -> Run:
        """Run a task that nobody attacks."""
        return self._run(suite, (user, ""), Payload((), {}), watch, people)

    def attacked(self, suite: str, pair: Pair, form: str, watch: Watch, people: People) -> Run:
        """Run a task with the attack in every place that the agent comes to read."""
        goal = self.suites[suite].injection_tasks[pair[1]].GOAL
        return self._run(suite, pair, Payload.of(goal, form, self.reachable(suite, pair[0])), watch, people)

    def twisted(self, suite: str, user: str, payload: Payload, watch: Watch, plan: list[Step]) -> Run:
        """Run a task with calls of somebody's choice instead of those that solve it; nobody approves anything."""
        return self._run(suite, (user, ""), payload, watch, People(there=False), plan)

    def plan(self, suite: str, user: str, payload: Payload) -> list[Step]:
        """The calls that solve a task."""
        task = self.suites[suite].user_tasks[user]
        world = task.init_environment(self._worlds.new(self.suites[suite], payload.places))
        return [(call.function, dict(call.args)) for call in task.ground_truth(world)]

    def _run(
        self, suite: str, pair: Pair, payload: Payload, watch: Watch, people: People, other: list[Step] | None = None
    ) -> Run:
        task = self.suites[suite].user_tasks[pair[0]]
        attack = self.suites[suite].injection_tasks.get(pair[1])
        world = task.init_environment(self._worlds.new(self.suites[suite], payload.places))
        before = world.model_copy(deep=True)
        plan = [(call.function, dict(call.args)) for call in task.ground_truth(world)]
        session = _Session(self, suite, world, watch(suite, task.PROMPT, plan), people)
        output, reached = task.GROUND_TRUTH_OUTPUT, False
        for step in plan if other is None else other:
            session.do("user", step)
            if attack and not reached and payload.read_in(*session.read):
                reached = True
                for evil in self._attack(suite, pair, before, payload):
                    session.do("attacker", evil)
                output = f"{output}\n{attack.GROUND_TRUTH_OUTPUT}"
        judge = _Judge(self.suites[suite], output, before, world, session.calls)
        useful = judge.holds(task)
        return Run(suite, *pair, session.calls, reached, useful, reached and judge.holds(attack))

    def execute(self, suite: str, world: Any, step: Step) -> tuple[str, str]:
        """Run a tool; return what the agent reads, and all the text in it without formatting."""
        found, error = self._runtime(self.suites[suite].tools).run_function(world, *step)
        if error:
            return error, error
        return str(self._written(found)), "\n".join(_texts(found))

    def _attack(self, suite: str, pair: Pair, before: Any, payload: Payload) -> list[Step]:
        shipped = self.suites[suite].injection_tasks[pair[1]].ground_truth(before)
        if shipped:
            return [(call.function, dict(call.args)) for call in shipped]
        text = next(iter(payload.places.values()), "")
        return [(tool, _with(arguments, text)) for tool, arguments in self._attacks.get((suite, *pair), [])]

    def reachable(self, suite: str, user: str) -> list[str]:
        """Return the places for injected text that an agent reads when it does a task."""
        if (suite, user) not in self._places:
            marks = {name: f"mark{at}of{suite}." for at, name in enumerate(self._worlds.places(self.suites[suite]))}
            session = self._run(suite, (user, ""), Payload((), marks), lambda *_: Nothing(), People())
            read = "\n".join(call.result for call in session.calls)
            self._places[suite, user] = [name for name, mark in marks.items() if mark in read]
        return self._places[suite, user]


class Nothing:
    """No monitor at all."""

    def allow(self, tool: str, arguments: dict[str, Any]) -> Word:  # noqa: ARG002
        return "allow"

    def approved(self) -> None:
        return

    def seen(self, result: str) -> None:  # noqa: ARG002
        return


class _Session:
    def __init__(self, dojo: Dojo, suite: str, world: Any, monitor: Monitor, people: People) -> None:
        self._dojo, self._suite, self._world, self._monitor, self._people = dojo, suite, world, monitor, people
        self.calls: list[Call] = []
        self.read: list[str] = []

    def do(self, who: Literal["user", "attacker"], step: Step) -> None:
        word = self._monitor.allow(*step)
        runs = word == "allow" or (word == "ask" and self._people.approve(who))
        if runs and word == "ask":
            self._monitor.approved()
        result = REFUSED
        if runs:
            result, bare = self._dojo.execute(self._suite, self._world, step)
            self._monitor.seen(result)
            self.read.append(bare)
        self.calls.append(Call(who, *step, word, runs, result))


class _Judge:
    """AgentDojo's own checks, told of the calls that ran: one that was denied has done nothing."""

    def __init__(self, suite: Any, output: str, before: Any, after: Any, calls: list[Call]) -> None:
        made = import_module("agentdojo.functions_runtime").FunctionCall
        block = import_module("agentdojo.types").text_content_block_from_string
        trace = [made(function=call.tool, args=call.arguments) for call in calls if call.ran]
        self._suite, self._given = suite, ([block(output)], before, after, trace)

    def holds(self, task: Any) -> bool:
        return bool(self._suite._check_task_result(task, *self._given))


class _Worlds:
    """The surroundings of each suite, read once; AgentDojo reads them anew for every run, which takes most of it."""

    def __init__(self) -> None:
        self._read = import_module("agentdojo.task_suite.task_suite").read_suite_file
        self._yaml = import_module("yaml")
        self._seeds: dict[tuple[str, ...], Any] = {}
        self._defaults: dict[str, dict[str, str]] = {}

    def places(self, suite: Any) -> dict[str, str]:
        """The places for injected text, and what lies there when nobody attacks."""
        if suite.name not in self._defaults:
            self._defaults[suite.name] = suite.get_injection_vector_defaults()
        return self._defaults[suite.name]

    def new(self, suite: Any, texts: Mapping[str, str]) -> Any:
        key = (suite.name, *sorted(texts))
        if key not in self._seeds:
            marked = {**self.places(suite), **{name: _mark(name) for name in texts}}
            text = self._read(suite.name, "environment.yaml", suite.data_path).format(**marked)
            self._seeds[key] = self._yaml.load(text, self._yaml.CSafeLoader)
        filled = _filled(self._seeds[key], {_mark(name): text for name, text in texts.items()})
        return suite.environment_type.model_validate(filled)


def _mark(name: str) -> str:
    return f"@@{name}@@"


def _filled(value: Any, texts: Mapping[str, str]) -> Any:
    match value:
        case dict():
            return {_filled(key, texts): _filled(one, texts) for key, one in value.items()}
        case list():
            return [_filled(one, texts) for one in value]
        case str() if "@@" in value:
            for mark, text in texts.items():
                value = value.replace(mark, text)
    return value


def _with(arguments: dict[str, Any], text: str) -> dict[str, Any]:
    """Put the text of this run where a recorded call repeats the injected text of its own."""
    return {
        name: INJECTED.sub(lambda _: text, value) if isinstance(value, str) else value
        for name, value in arguments.items()
    }


def _texts(value: Any) -> Iterator[str]:
    if hasattr(value, "model_dump"):
        value = value.model_dump()
    match value:
        case dict():
            for key, one in value.items():
                yield from _texts(key)
                yield from _texts(one)
        case list() | tuple() | set():
            for one in value:
                yield from _texts(one)
        case _:
            yield str(value)


def _as_json(found: Any) -> str:
    return found if isinstance(found, str) else msgspec.json.encode(_plain(found), enc_hook=str).decode()


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return [_plain(one) for one in value] if isinstance(value, list) else value


def recorded(path: Path) -> Attacks:
    """Read the attackers' calls of recorded traces."""
    found: dict[tuple[str, str, str], list[Step]] = {}
    with gzip.open(path) as lines:
        for line in lines:
            row = msgspec.json.decode(line)
            if row["injection_task"]:
                steps = [(one["tool"], one["args"]) for one in row["events"] if one["who"] == "attacker"]
                found[row["suite"], row["user_task"], row["injection_task"]] = steps
    return found

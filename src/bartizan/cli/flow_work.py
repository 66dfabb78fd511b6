"""The work behind `bartizan flow`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bartizan.cli.flow_traces import is_journal, journal_of, monitors_of, policy_of, suites_of, traces_of
from bartizan.cli.output import emit, json_bytes, say, terminal
from bartizan.cli.progress import Patience
from bartizan.guard.flow.journal import Called, Entry, Said, verdict_of
from bartizan.guard.flow.replay import replay
from bartizan.guard.flow.traces import Trace
from bartizan.guard.flow.verdict import Verdict
from bartizan.model import InputError
from bartizan.model.decode import nearest
from bartizan.report.flow_explain import explain, render_text
from bartizan.report.flow_replay import replay_json, replay_text
from bartizan.report.terminal import Pen

__all__ = ["AskedExplain", "AskedReplay", "explain_call", "replay_traces"]


class AskedReplay(msgspec.Struct, kw_only=True):
    """The arguments and options of `replay`, as given."""

    traces: Path
    cards: tuple[Path, ...]
    own: tuple[str, ...]
    shapes: tuple[str, ...]
    policy: Path | None
    user: str
    groups: tuple[str, ...]
    attended: bool
    judge: tuple[Path, ...]
    format: str
    output: Path | None


class AskedExplain(msgspec.Struct, kw_only=True):
    """The arguments and options of `explain`, as given."""

    traces: Path
    cards: tuple[Path, ...]
    own: tuple[str, ...]
    shapes: tuple[str, ...]
    session: str
    number: int
    format: str
    output: Path | None


def replay_traces(asked: AskedReplay) -> int:
    """Replay traces and show what they come to. Raises InputError, NothingToDo or BartizanError."""
    traces = traces_of(asked.traces)
    monitors = monitors_of(asked.cards, traces, asked.shapes, asked.own, attended=asked.attended)
    policy = policy_of(asked.policy, asked.user, asked.groups) if asked.policy is not None else None
    judge = suites_of(asked.judge, traces) if asked.judge else None
    _warn(traces, {suite: set(monitor.cards) for suite, monitor in monitors.items()})
    with Patience(f"replaying {len(traces):,} sessions"):
        done = replay(monitors, traces, policy=policy, judge=judge)
    if asked.format == "json":
        emit(json_bytes(replay_json(done, attended=asked.attended)), asked.output)
    elif asked.format == "html":
        from bartizan.report.flow_replay_html import render_html

        emit(render_html(done, _today(), attended=asked.attended).encode(), asked.output)
    else:
        emit(replay_text(done, Pen(*terminal(asked.output)), attended=asked.attended).encode(), asked.output)
    return 0


def explain_call(asked: AskedExplain) -> int:
    """Explain one call. Raises InputError, NothingToDo or BartizanError."""
    if not asked.cards and is_journal(asked.traces):
        request, verdicts = _of_journal(journal_of(asked.traces))
    else:
        request, verdicts = _of_trace(asked)
    try:
        told = explain(request, verdicts, asked.number)
    except IndexError:
        raise InputError(
            f"the session has no call {asked.number}", help=f"its calls are 0 to {len(verdicts) - 1}"
        ) from None
    if asked.format == "json":
        emit(json_bytes({"schema": "bartizan/flow-explain/1", **msgspec.to_builtins(told)}), asked.output)
    elif asked.format == "svg":
        from bartizan.report.flow_explain_svg import render_svg

        emit(render_svg(told).encode(), asked.output)
    elif asked.format == "html":
        from bartizan.report.flow_explain_html import render_html

        emit(render_html(told, _today()).encode(), asked.output)
    else:
        emit(render_text(told, Pen(*terminal(asked.output))).encode(), asked.output)
    return 0


def _of_trace(asked: AskedExplain) -> tuple[str, Sequence[Verdict]]:
    """Return what was said in a session, and its calls as they are decided now."""
    traces = traces_of(asked.traces)
    trace = _session(traces, asked.session)
    monitors = monitors_of(asked.cards, traces, asked.shapes, asked.own, attended=True)
    (done,) = replay(monitors, [trace])
    said = [trace.prompt, *(step.said for step in trace.events if step.said)]
    return "\n".join(said), [call.verdict for call in done.calls]


def _of_journal(entries: Sequence[Entry]) -> tuple[str, Sequence[Verdict]]:
    """Return what was said in a session, and its calls as they were decided then."""
    said = [entry.text or "" for entry in entries if isinstance(entry, Said)]
    return "\n".join(said), [verdict_of(entry) for entry in entries if isinstance(entry, Called)]


def _session(traces: Sequence[Trace], wanted: str) -> Trace:
    names = [trace.name for trace in traces]
    if wanted in names:
        return traces[names.index(wanted)]
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:9]) <= len(traces):
        return traces[int(wanted[:9]) - 1]
    help = f"it holds {len(traces):,}" if wanted.isdigit() else nearest(wanted, names)
    raise InputError(f"there is no session `{wanted[:80]}` in the file", help=help)


def _warn(traces: Sequence[Trace], cards: dict[str, set[str]]) -> None:
    """Tell which tools have no card: all their calls are denied."""
    lacking = {
        step.tool for trace in traces for step in trace.events
        if step.tool not in cards.get(trace.suite, cards.get("", set()))
    }  # fmt: skip
    if lacking:
        shown = ", ".join(f"`{name[:60]}`" for name in sorted(lacking)[:5])
        more = f" and {len(lacking) - 5} more" if len(lacking) > 5 else ""
        say(f"warning: no card for {shown}{more}: calls of tools without a card are denied")


def _today() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"

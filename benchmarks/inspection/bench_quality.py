"""What is found and what isn't, on labelled data that lies beside the repository: persons' data, identifiers, secrets.

Usage: bench_quality.py [--show]   `--show` lists what was missed or wrong: data of the sets, made up or published.

generated   500 sentences made from templates by presidio's project: precision, recall, F1 by overlap; presidio beside.
unit        inputs of presidio's unit tests, for kinds with a checksum: which share of positive inputs is found under
            its own type at 65 or more, and which share of negative inputs gives nothing of that type. Once with that
            type alone, as those tests do, and once among all default types. Some rows expect a value and have no
            span: by span they are negative, by the expected number positive; both are told.
secrets     fixtures of gitleaks, detect-secrets and CredSweeper: recall of texts with a secret and share of texts
            without one in which something of the family `secret` is told.
noren       sentences of another redaction tool's tests.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence

from bartizan.catalog.data_types import DataType, load_data_types
from bartizan.catalog.places import cache_folder
from bartizan.inspection import Inspector, Policy
from benchmarks.inspection.peers import detect_secrets, presidio
from benchmarks.inspection.scoring import Row, Score, read
from benchmarks.measure import machine

# The data's words, presidio's, and the F1 that is to be reached.
KINDS: dict[str, tuple[str, float | None]] = {
    "EMAIL": ("EMAIL_ADDRESS", 0.98),
    "IBAN": ("IBAN_CODE", 0.98),
    "IP_ADDRESS": ("IP_ADDRESS", 0.98),
    "US_SSN": ("US_SSN", 0.98),
    "CREDIT_CARD": ("CREDIT_CARD", 0.98),
    "PHONE_NUMBER": ("PHONE_NUMBER", 0.90),
    "URL": ("URL", None),
    "BIRTHDAY": ("DATE_TIME", None),
    "PERSON": ("PERSON", None),
    "LOCATION": ("LOCATION", None),
}
SHARE = 0.98
RECALL, FALSE = 0.90, 0.05
LEFT_OUT = "ds:ip_public"  # addresses are no secrets here
NOREN = {"email": ("email-address",), "credit_card": ("credit-card",)}
# Where presidio's words have no counterpart in the catalog's `also`.
OWN = {"PERSON": ["person", "person-name"], "LOCATION": ["address"]}


def main(arguments: list[str]) -> int:
    """Print a table for each set that is there."""
    show = arguments == ["--show"]
    print(machine())
    known = load_data_types(cache_folder())
    names = _names(known)
    generated(read("presidio_research_500_2020.jsonl"), known, names, show=show)
    unit(read("presidio_unit_dev.jsonl"), known, names, show=show)
    secrets(read("secrets_dev.jsonl"), known, show=show)
    noren(read("noren.jsonl"), known, show=show)
    return 0


def _names(known: Mapping[str, DataType]) -> dict[str, list[str]]:
    """Return the ids of our types by the names that presidio gives them."""
    out = defaultdict(list)
    for name, entry in known.items():
        for word in entry.also.get("presidio", "").split(", "):
            out[word].append(name)
    for word, ids in OWN.items():
        out[word] += [name for name in ids if name in known and name not in out[word]]
    return dict(out)


def _with_defaults(known: Mapping[str, DataType], more: Sequence[str]) -> list[str]:
    return sorted({name for name, entry in known.items() if entry.default} | set(more))


def generated(
    rows: Sequence[Row], known: Mapping[str, DataType], names: Mapping[str, list[str]], *, show: bool
) -> None:
    """Print precision, recall and F1 of each kind, ours at 65 and at 75, and presidio's at any score."""
    if not rows:
        return
    types = _with_defaults(known, [name for word, _ in KINDS.values() for name in names.get(word, ())])
    peer = presidio()
    print("\ngenerated, 500 sentences: precision, recall, F1")
    columns: dict[str, dict[str, Score]] = {}
    for least in (65, 75):
        inspector = Inspector(Policy(types=types, min_confidence=least))
        scores = columns[f"at {least}"] = {kind: Score() for kind in KINDS}
        for row in rows:
            spans = inspector.inspect(row.text).spans
            for kind, (word, _) in KINDS.items():
                told = [(span.start, span.end) for span in spans if span.type in names.get(word, ())]
                scores[kind].add(row.text, [(s.start, s.end) for s in row.spans if s.type == kind], told)
    if peer is not None:
        scores = columns["presidio"] = {kind: Score() for kind in KINDS}
        for row in rows:
            matches = peer.find(row.text)
            for kind, (word, _) in KINDS.items():
                told = [(one.start, one.end) for one in matches if one.type == word]
                scores[kind].add(row.text, [(s.start, s.end) for s in row.spans if s.type == kind], told)
    print(f"{'kind':16}{'labels':>7}" + "".join(f"{name:>21}" for name in columns) + f"{'to reach':>10}")
    for kind, (word, bar) in KINDS.items():
        line = "".join(f"{scores[kind]!s}" for scores in columns.values())
        note = "" if names.get(word) else "  no such type here"
        print(f"{kind:16}{columns['at 65'][kind].gold:7}{line}{f'{bar:.2f}' if bar else '':>10}{note}")
        if show:
            print(f"    missed {columns['at 65'][kind].missed} wrong {columns['at 65'][kind].wrong}")


def unit(rows: Sequence[Row], known: Mapping[str, DataType], names: Mapping[str, list[str]], *, show: bool) -> None:
    """Print for each kind with a checksum how many inputs are judged as the tests do."""
    if not rows:
        return
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_kind[row.type].append(row)
    tested = {
        kind: inputs
        for kind, inputs in by_kind.items()
        if any(form.check for name in names.get(kind, ()) for form in known[name].forms)
    }
    others = sorted(set(by_kind) - set(tested) - {"?"})
    every = Inspector(Policy(types=_with_defaults(known, [name for kind in tested for name in names[kind]])))
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    print(f"\nunit, {len(tested)} kinds with a checksum: as expected / inputs; each to reach {SHARE}")
    print(f"{'':28}{'type alone':^36}{'among all default types':^36}")
    print(f"{'kind':28}" + f"{'found':>12}{'silent':>12}{'mislabelled':>12}" * 2)
    for kind, inputs in tested.items():
        alone, line, below = Inspector(Policy(types=names[kind])), "", False
        for mode, inspector in (("alone", alone), ("all", every)):
            for group, counts in _judged(inspector, inputs, names[kind], show=show and mode == "alone").items():
                line += f"{f'{counts[0]}/{counts[1]}' if counts[1] else '-':>12}"
                below |= mode == "alone" and group != "mislabelled" and counts[0] < SHARE * counts[1]
                totals[f"{mode} {group}"][0] += counts[0]
                totals[f"{mode} {group}"][1] += counts[1]
        print(f"{kind:28}{line}{'  below' if below else ''}")
    for mode in ("alone", "all"):
        found, silent, odd = (totals[f"{mode} {group}"] for group in ("found", "silent", "mislabelled"))
        print(
            f"{mode}: positives {found[0] / found[1]:.3f} by span, {(found[0] + odd[0]) / (found[1] + odd[1]):.3f} by "
            f"expected number; negatives {silent[0] / silent[1]:.3f} by expected number, "
            f"{(silent[0] + odd[1] - odd[0]) / (silent[1] + odd[1]):.3f} by span"
        )
    print(f"no checksum here, so not counted: {', '.join(others)}")


def _judged(inspector: Inspector, rows: Sequence[Row], own: Sequence[str], *, show: bool) -> dict[str, list[int]]:
    """Count (as expected, all) of inputs with a span, of inputs without a value, and of those labelled either way.

    For the mislabelled, which expect a value and have no span, "as expected" means that one was told.
    """
    out = {"found": [0, 0], "silent": [0, 0], "mislabelled": [0, 0]}
    for row in rows:
        told = [span for span in inspector.inspect(row.text).spans if span.type in own]
        if row.spans:
            group = "found"
            right = all(any(t.start < s.end and s.start < t.end for t in told) for s in row.spans)
        elif row.expected_len:
            group, right = "mislabelled", bool(told)
        else:
            group, right = "silent", not told
        out[group][0] += right
        out[group][1] += 1
        if show and not right:
            print(f"    {row.type} not {group}: {row.text!r}")
    return out


def secrets(rows: Sequence[Row], known: Mapping[str, DataType], *, show: bool) -> None:
    """Print recall and the share of false positives, by source and in all; detect-secrets beside."""
    rows = [row for row in rows if row.rule != LEFT_OUT]
    if not rows:
        return
    print(f"\nsecrets, {len(rows)} texts: recall / share of false positives; to reach {RECALL} / {FALSE}")
    sources = sorted({row.source.split("/")[1].split()[0] for row in rows})
    print(f"{'':28}" + "".join(f"{name:>18}" for name in (*sources, "all")))
    told: dict[str, list[bool]] = {}
    for least in (65, 75):
        inspector = Inspector(Policy(types=["secret"], min_confidence=least))
        told[f"family secret at {least}"] = [bool(inspector.inspect(row.text).spans) for row in rows]
        inspector = Inspector(Policy(min_confidence=least))
        told[f"all default types at {least}"] = [
            any(known[span.type].family == "secret" for span in inspector.inspect(row.text).spans) for row in rows
        ]
    peer = detect_secrets()
    if peer is not None:
        told["detect-secrets"] = [bool(peer.find(row.text)) for row in rows]
    for name, answers in told.items():
        line = ""
        for source in (*sources, ""):
            pairs = [(row, answer) for row, answer in zip(rows, answers, strict=True) if source in row.source]
            hit = [answer for row, answer in pairs if row.label]
            false = [answer for row, answer in pairs if not row.label]
            shown = [f"{sum(part) / len(part):.3f}" if part else "-" for part in (hit, false)]
            line += f"{' / '.join(shown):>18}"
        print(f"{name:28}{line}")
    if show:
        for row, answer in zip(rows, told["family secret at 65"], strict=True):
            if answer != bool(row.label):
                print(f"    {'missed' if row.label else 'false'} {row.rule} ({row.source}): {row.text[:160]!r}")


def noren(rows: Sequence[Row], known: Mapping[str, DataType], *, show: bool) -> None:
    """Print precision, recall and F1 of addresses, cards and secrets of any kind."""
    if not rows:
        return
    print(f"\nnoren, {len(rows)} sentences: precision, recall, F1")
    for least in (65, 75):
        inspector = Inspector(Policy(min_confidence=least))
        scores = {kind: Score() for kind in (*NOREN, "secret")}
        for row in rows:
            spans = inspector.inspect(row.text).spans
            for kind, score in scores.items():
                own = NOREN.get(kind) or [name for name, entry in known.items() if entry.family == "secret"]
                gold = [
                    (one.start, one.end)
                    for one in row.spans
                    if one.type == kind or (kind == "secret" and one.type.startswith("sec_"))
                ]
                score.add(row.text, gold, [(span.start, span.end) for span in spans if span.type in own])
        for kind, score in scores.items():
            print(f"{kind:16}at {least}{score.gold:7} labels{score}")
            if show and least == 65:
                print(f"    missed {score.missed} wrong {score.wrong}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

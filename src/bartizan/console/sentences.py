"""Sentences that other parts of Bartizan say in English, recognised so that a page can say them in another language.

A review's notes, what the program writes into the audit trail, and what is wrong with a document come as finished
texts: they are kept, sent over the API, and printed. Here stands what they look like, as messages with `%(name)s` for
what is filled in. A test holds each against the code that says it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from bartizan.console.labels import LABELS
from bartizan.console.questions import PREDICATES, QUESTIONS
from bartizan.console.words import Words, message

__all__ = ["SENTENCES", "recognised", "understood"]

_REVIEW = (
    message("money per event by severity, for %(number)s of %(all)s losses without `magnitude`"),
    message("attempts per year from the catalog, for %(number)s positions"),
    message("appetite: losses up to `medium` may remain"),
    message("encryption isn't stated for %(number)s calls between zones, %(which)s"),
    message("authentication isn't stated for %(number)s calls, %(which)s"),
    message("authority isn't stated for %(number)s calls and taken as the caller's own, %(which)s"),
    message("%(number)s controls are claimed without evidence, %(which)s"),
    message("such as %(which)s"),
    message("no attack of the catalog leads to the stated loss `%(loss)s:%(of)s`"),
    message("attempts are stated for `%(position)s`, which is no position; one of: %(known)s"),
    message("the decision about `%(threat)s` ended on %(day)s; it counts no longer"),
    message(
        "the decision about `%(threat)s` was made when its severity was %(then)s; it is %(now)s now, so the decision "
        "counts no longer"
    ),
    message("the decision about `%(threat)s` matches no threat of this system"),
    message("`%(control)s` at `%(place)s` is no control of the catalog; it counts for nothing"),
    message("the evidence of `%(control)s` at `%(place)s` is not fresh; it counts no longer"),
    message("evidence says that `%(control)s` at `%(place)s` fails; it doesn't count"),
    message("a finding is about `%(asset)s`, which is no data asset of this system"),
    message("a finding about `%(asset)s` is of %(day)s, after the day of this review"),
    message("a scan of `%(component)s` is of %(day)s, after the day of this review"),
)
_FORMATS = (
    message("for a terminal"),
    message("one file for a browser, without network"),
    message("the review on paper"),
    message("a paper for the committee, as a Word document"),
    message("the data-flow diagram"),
    message("for a wiki or a pull request"),
    message("everything, in the schema bartizan/review/1"),
    message("SARIF 2.1.0, for code scanning"),
    message("Open Threat Model 0.2.0, the system with its threats"),
    message("OSCAL 1.2.1, a plan of action and milestones"),
    message("CycloneDX 1.6, the models, data sets and services as a bill of materials"),
)
_TRAIL = (
    message("drafted from the answers about a new initiative"),
    message("drafted from the catalog"),
    message("drafted anew from the catalog"),
    message("applied from files"),
    message("its time is over"),
    message("closed by hand"),
    message("it goes on"),
    message("it has become the system %(system)s"),
    message("first administrator"),
    message("the gateway"),
    message("the clock"),
    message("%(measure)s reach %(number)s"),
    message("%(verdict)s, %(number)s artefacts%(rest)s"),
    message("; found: %(rules)s"),
    message("rule %(rule)s: %(number)s calls, %(stopped)s stopped or changed"),
    message("No success criterion was set."),
    message("%(met)s of %(all)s success criteria met."),
    message("A kill criterion was met: %(criterion)s."),
    message("the process that assessed it was ended, perhaps for lack of memory"),
    message("something broke while it was assessed (%(error)s)"),
)
_DOCUMENTS = (
    message("`unit` is `%(name)s`, and there is no such unit"),
    message("`vendor` is `%(name)s`, and the register has no such vendor"),
    message("`instead` names the tool itself"),
    message("`instead` names `%(name)s`, and the register has no such tool"),
    message("`%(field)s` is neither a day nor a time"),
    message("`ends` is not after `starts`"),
    message("`models` names no model"),
    message("`*` is any model"),
    message("`budget` is below 0"),
    message("an exception is from a `statement` or from a `control`, and from one of them"),
    message("`statement` is `%(name)s`, and the catalog has no such statement"),
    message("`systems` names `%(name)s`, and the register has no such system"),
    message("`%(name)s` can't stand in for itself"),
    message("it is approved and refused at once"),
    message("`%(field)s` is `%(name)s`, which is no class of the organisation"),
    message("`%(field)s` names `%(name)s`, which is no control of the catalog"),
    message("`classes` needs two classes at least, the lowest first, each with a name"),
    message("`appetite` is below 0"),
    message("the unit `%(name)s` is below itself"),
    message("the days of `tiers.%(name)s` have to be 1 or more"),
    message("`%(field)s` names `%(name)s`, which is no framework of the catalog"),
    message("`%(field)s` has `%(name)s` twice"),
    message("`%(later)s` is before `%(earlier)s`"),
    message("a policy that is %(state)s can't be taken to: %(move)s"),
    message("your roles don't include `%(action)s` here"),
    message("a policy begins as a draft"),
    message("what was approved is changed no more"),
    message("begin a draft of the next edition"),
    message("a draft is approved by nobody"),
    message("there is no statement `%(name)s` in this policy"),
    message("two statements have the id `%(name)s`"),
    message("an exception begins as a request"),
    message("ask for a new exception"),
    message("the exception ends before it starts"),
    message("a sandbox begins as a draft or a request"),
    message("what was granted is changed no more, but ended"),
    message("ask for a new sandbox"),
    message("the sandbox ends before it starts"),
    message("this would let more risk stand, and takes two people"),
    message("a decision needs a reason"),
    message("say it for whoever reads it next year"),
    message("`%(day)s` is over already"),
    message("`%(day)s` is more than a year away"),
    message("choose an earlier day; it can be decided again"),
    message("the decision would be over already"),
    message("ask again with a later end"),
    message("refusing needs a reason"),
    message("say it for the one who asked"),
    message("the decision about `%(threat)s` leaves a risk above the appetite and takes two people"),
    message("leave it out here, and decide on the system's page, where a second person is asked"),
    message("the decision about `%(threat)s` has to say which severity it is about"),
    message("`severity: %(severity)s` is what it has now; when it becomes severer, somebody decides anew"),
)
_FILES = (
    message("the file has more than %(most)s MiB"),
    message("the file has more than %(most)s rows"),
    message("the file is empty"),
    message("the first row names the columns"),
    message("the row has more than %(most)s cells"),
    message("this is neither a CSV nor a workbook"),
    message("save it as XLSX or CSV"),
    message("the text is in no encoding that is known"),
    message("save it as CSV in UTF-8"),
    message("the workbook is damaged"),
    message("save it again as XLSX"),
    message("the workbook has no sheet"),
    message("the workbook becomes too large when it is unpacked"),
    message("`%(name)s` stands in row %(row)s already"),
    message("`%(field)s` holds a formula"),
    message("`%(text)s` under `%(field)s` is no day"),
    message("the row has no `name`"),
    message("the row has no `system`"),
    message("there is no system `%(name)s`"),
    message("`%(name)s` is no control of the catalog"),
    message("`%(name)s` is no component, zone or flow of `%(system)s`"),
    message("`%(name)s` is no outcome"),
    message("the evidence is of %(day)s, and that day is still to come"),
    message("`observed_at` is %(day)s, which is to come"),
    message("the evidence ends before it was observed"),
    message("the name `%(name)s` can't be used"),
    message("your roles don't include adding evidence there"),
    message("your roles don't include `%(action)s` there"),
    message("this is no import that was begun here"),
    message("choose the file again"),
    message("split it"),
    message("this is no result of a scan"),
    message("the workbook is damaged or encrypted"),
    message("save it again as XLSX, without a password"),
    message("the file holds too much text for one import"),
    message("this is a scan of data, which says what is in a data asset and proves no control"),
    message("note it as data evidence of the system"),
    message("`pass` or `fail`"),
    message("`%(name)s` doesn't lead to a page of this list"),
    message("begin again without `after`"),
    message("there is no gateway beside this console"),
    message("the input holds a character or number that the register can't keep"),
)
SENTENCES: tuple[str, ...] = (*QUESTIONS, *_REVIEW, *_FORMATS, *_TRAIL, *_DOCUMENTS, *_FILES)
"""Every sentence that is recognised, the more special before the more general."""
_FIELD = re.compile(r"%\((\w+)\)s")
_HELPED = re.compile(r"(?s)(.+)\. \((.+)\)")
_MEASURES = "|".join(key.removeprefix("measure-") for key in LABELS if key.startswith("measure-"))
_SHAPES: Mapping[str, str] = {
    "measure": _MEASURES,
    "verdict": "safe|unknown|dangerous",
    "rest": ".*",
    "predicate": "|".join(map(re.escape, PREDICATES)),
    "day": r"\d{4}-\d\d-\d\d",
    **dict.fromkeys(("number", "all", "met", "boxes", "flows", "row", "call", "stopped"), r"[\d,]+"),
}
"""What some of the fields look like, so that a sentence is taken for no other."""
_WORDS: Mapping[str, str] = {"state": "", "move": "", "measure": "measure-", "verdict": "scan-"}
"""What is filled in that is itself a word of the language, and how its labels begin."""


def understood(words: Words, text: str) -> str | None:
    """Return one of our English texts in another language, None where it is none that is known.

    Takes also what a form makes of one (a capital letter, a final period, help in parentheses), and several of them
    with semicolons between.
    """
    if words.language == "en":
        return None
    if (said := _one(words, text)) is not None:
        return said
    if found := _HELPED.fullmatch(text):
        parts = [_one(words, f"{found[1]}."), _one(words, found[2])]
        if all(parts):
            return f"{parts[0]} ({parts[1]})"
    several = [_one(words, part) for part in text.split("; ")]
    known = [one for one in several if one is not None]
    return "; ".join(known) if len(known) == len(several) else None


def _one(words: Words, text: str) -> str | None:
    if words.knows(text):
        return words.plain(text)
    if (said := recognised(words, text)) is not None:
        return said
    bare = text.removesuffix(".")
    said = recognised(words, bare[:1].lower() + bare[1:])
    if said is None:
        return None
    capital = said[:1].upper() + said[1:] if text[:1].isupper() else said
    return capital + text[len(bare) :]


def recognised(words: Words, text: str, sentences: tuple[str, ...] = SENTENCES) -> str | None:
    """Return a text in a language by the first sentence that it is one of, None where it is none."""
    for pattern, sentence in _patterns(sentences):
        if found := pattern.fullmatch(text):
            filled = {name: _filled(words, name, value) for name, value in found.groupdict().items()}
            return words.plain(sentence, **filled)
    return None


def _filled(words: Words, name: str, value: str) -> str:
    if name == "day":
        return words.date(value)
    if name in ("which", "origin", "rest", "predicate"):  # itself a sentence
        return words.plain(value) if words.knows(value) else recognised(words, value) or value
    label = LABELS.get(f"{_WORDS[name]}{value}") if name in _WORDS else None
    return words.plain(label) if label else value


@cache
def _patterns(sentences: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(_pattern(one), re.DOTALL), one) for one in sentences)


def _pattern(sentence: str) -> str:
    parts = _FIELD.split(sentence)
    for number in range(1, len(parts), 2):
        name, quoted = parts[number], parts[number - 1].endswith("`") and parts[number + 1].startswith("`")
        parts[number] = f"(?P<{name}>{_SHAPES.get(name, '[^`]+' if quoted else '.+?')})"
    return "".join(one if number % 2 else re.escape(one) for number, one in enumerate(parts))

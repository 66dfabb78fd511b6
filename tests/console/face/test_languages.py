"""What is English on a page in another language: names, what somebody wrote, and what is marked as English."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any, get_args

import msgspec
import pytest
from babel.messages.pofile import read_po

from bartizan.catalog import Catalog
from bartizan.console.labels import LABELS
from bartizan.console.naming import DRAWN, LOSSES, POSITIONS, SaidNames, drawn
from bartizan.console.pages.system_seen import see
from bartizan.console.questions import PREDICATES
from bartizan.console.sentences import SENTENCES, understood
from bartizan.console.stated import statements
from bartizan.console.words import LANGUAGES, words_for
from bartizan.model import Level, LossKind
from bartizan.model.documents import (
    Criterion,
    ExceptionSpec,
    Kind,
    MayHold,
    Measure,
    PolicySpec,
    PolicyState,
    RegisteredSandbox,
    SandboxState,
    Spec,
    Statement,
    ToolSpec,
)
from bartizan.report import FORMATS
from tests.console.pages.site import PEOPLE, Site
from tests.support import REPOSITORY

SOURCES = (
    "analysis",
    "govern",
    "report",
    "console",
    "cli",
    "guard/sandbox",
    "guard/asking",
    "model/documents",
    "store/register",
)
SYSTEM = "/systems/fraud-model"
VOID = frozenset({"base", "br", "col", "hr", "img", "input", "link", "meta", "wbr", "use", "rect", "path"})
UNREAD = frozenset({"script", "style", "code", "textarea", "pre"})
FIELD = re.compile(r"%\(\w+\)s")
PIECES = re.compile(r"https?://\S+|[·:,;()–→/×←…]|(?<=\s)\d[\d.,]*(?=[\s)]|$)")
NAMES = {"Bartizan", "Word", "PDF", "HTML", "Markdown", "CSV", "OSCAL"}


class Texts(HTMLParser):
    """Collects what is read on a page in its own language: texts, and attributes that are read out."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._language = language
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang") or (self._open[-1][1] if self._open else self._language)
        self._keep(language, *(given.get(name, "") for name in ("aria-label", "title", "alt", "placeholder")))
        if tag not in VOID:
            self._open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and not any(tag in UNREAD for tag, _ in self._open):
            self._keep(self._open[-1][1], data)

    def _keep(self, language: str, *texts: str) -> None:
        self.found += [" ".join(text.split()) for text in texts if language == self._language and text.strip()]


def read(site: Site, path: str, language: str, by: str) -> list[str]:
    """Return what a page says in its own language."""
    page = site.get(path, by=by, cookie=f"language={language}")
    assert page.status_code == 200
    texts = Texts(language)
    texts.feed(page.text)
    return texts.found


def alike(language: str) -> set[str]:
    """Return the messages that are the same in English and in a language."""
    content = (files("bartizan.console") / "locale" / language / "console.po").read_bytes()
    said: set[str] = set()
    for one in read_po(io.BytesIO(content), locale=language):
        ids, texts = ([each] if isinstance(each, str) else each or () for each in (one.id, one.string))
        bare = {FIELD.sub("", text).strip() for text in texts}
        said |= {FIELD.sub("", id).strip() for id in ids if FIELD.sub("", id).strip() in bare}
    return said


def leaves(value: Any) -> Iterator[str]:
    """Give every text in plain values, keys too."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from (str(key), *leaves(one))
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    else:
        yield " ".join(str(value).split())


def somebodys(site: Site) -> set[str]:
    """Return what documents say, who is there, and the ids of the catalog."""
    found = {*NAMES, *LANGUAGES.values(), *FORMATS, *PEOPLE, *leaves(msgspec.to_builtins(PEOPLE["rea"]))}
    found |= {*site.catalog.controls, *site.catalog.threats, *statements().statements}
    found |= {item for framework in site.catalog.frameworks.values() for item in framework.items}
    for kind in Kind:
        for stored in site.register.documents.all(kind):
            found |= {stored.document.name, stored.document.title, "test", "seed"}
            found |= set(leaves(msgspec.to_builtins(stored.document.spec)))
    return found


def left(site: Site, path: str, language: str, by: str = "rea") -> list[str]:
    """Return the texts of a page that stay English though they shouldn't."""
    english, known = set(read(site, path, "en", by)), somebodys(site) | alike(language)
    out = []
    for text in dict.fromkeys(read(site, path, language, by)):
        pieces = [piece.strip() for piece in PIECES.split(text)]
        words = [one for one in pieces if re.search(r"[A-Za-z]{3}", one) and not re.search(r"[\d@_.-]\w", one)]
        if text in english and text not in known and not known.issuperset(words):
            out.append(text)
    return out


DAY = date(2026, 11, 28)
HELD = MayHold(highest="public")
SANDBOX = RegisteredSandbox(
    id="letters", purpose="Draft letters", owner="ana", users=["ana"], models=["m"], data=HELD, starts="2026-11-01",
    ends="2026-12-24", state=SandboxState.ASKED, success=[Criterion(measure="calls", reaches=50)],
    kill=[Criterion(measure="refused-share", reaches=20, rules=["no-pay"])],
)  # fmt: skip
EXCEPTION = ExceptionSpec(
    title="Without a watch", control="human-approval", systems=["fraud-model"], owner="ana", why="It is new.",
    compensating=["audit-log"], starts=DAY, ends=date(2026, 12, 20),
)  # fmt: skip
POLICY = PolicySpec(
    title="Use of AI", owner="ana", state=PolicyState.APPROVED, purpose="To say who may do what.",
    statements=[
        Statement(id="one", number="1.1", section="Who", text="People must ask.", controls=["human-approval"]),
    ],
)  # fmt: skip
PAGES = [
    ("/", "de", "rea"), (SYSTEM, "fr", "rea"), (f"{SYSTEM}/paths", "it", "eng"), (f"{SYSTEM}/threats", "sq", "eng"),
    (f"{SYSTEM}/controls", "de", "eng"), (f"{SYSTEM}/risk", "fr", "rea"), (f"{SYSTEM}/coverage", "it", "rea"),
    (f"{SYSTEM}/evidence/new", "sq", "eng"), ("/sandboxes/letters", "de", "rea"), ("/sandboxes/new", "fr", "ana"),
    ("/exceptions/watch", "it", "rea"), ("/exceptions/new", "de", "ana"), ("/policies/use", "fr", "eng"),
    ("/tools", "it", "rea"), ("/catalog/controls/human-approval", "sq", "rea"),
    ("/catalog/frameworks/owasp-llm", "de", "rea"),
    ("/calendar", "fr", "rea"), ("/trail", "it", "aud"), ("/documents/organisations/organisation", "sq", "rea"),
]  # fmt: skip


@pytest.fixture
def written(site: Site) -> Site:
    """A console with a document of each kind that has a page with states."""
    documents: list[tuple[str, Kind, Spec]] = [
        ("letters", Kind.SANDBOX, SANDBOX), ("watch", Kind.EXCEPTION, EXCEPTION), ("use", Kind.POLICY, POLICY),
        ("notes", Kind.TOOL, ToolSpec(title="Kestrel", owner="ana")),
    ]  # fmt: skip
    for name, kind, spec in documents:
        site.put(name, kind, spec)
    return site


def test_nothing_stays_english_but_names_documents_and_what_is_marked(written: Site) -> None:
    found = {f"{path} in {language}": left(written, path, language, by) for path, language, by in PAGES}
    assert {where: texts for where, texts in found.items() if texts} == {}


def test_what_the_catalog_says_is_marked_as_english_and_the_page_says_so(site: Site) -> None:
    title = site.catalog.controls["human-approval"].title
    page = site.get("/catalog/controls/human-approval", cookie="language=de").text
    assert f'<h1><span lang="en">{title}</span></h1>' in page
    assert "Texte aus dem Katalog sind auf Englisch." in page
    assert 'lang="en">' not in site.get("/catalog/controls/human-approval", cookie="language=en").text.split("<main")[1]


def said_in_code() -> set[str]:
    """Return the texts of the modules that say sentences, with a sign for each value that is filled in."""
    found = set()
    for folder in SOURCES:
        for path in (REPOSITORY / "src" / "bartizan" / folder).rglob("*.py"):
            if path.name in ("sentences.py", "naming.py"):
                continue
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.JoinedStr):
                    parts = [one.value if isinstance(one, ast.Constant) else "\0" for one in node.values]
                    found.add(re.sub("\0+", "\0", "".join(map(str, parts))))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(FIELD.sub("\0", node.value))
    return found


def test_every_sentence_that_is_recognised_is_one_that_the_code_says() -> None:
    code = said_in_code()
    # Two have a word filled in that other languages bend.
    assert {"worst threat \0", "\0 open threat\0 here"} <= code
    code |= {f"worst threat {level}" for level in Level} | {"1 open threat here", "\0 open threats here"}
    assert {re.sub("\0+", "\0", FIELD.sub("\0", one)) for one in (*SENTENCES, *PREDICATES, *DRAWN)} - code == set()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the file is empty", "die Datei ist leer"),
        (
            "The file is empty. (the first row names the columns)",
            "Die Datei ist leer. (die erste Zeile nennt die Spalten)",
        ),
        (
            "`budget` is below 0; `ends` is not after `starts`",
            "`budget` ist kleiner als 0; `ends` liegt nicht nach `starts`",
        ),
        (
            "the decision about `a@b` ended on 2026-11-02; it counts no longer",
            "die Entscheidung über `a@b` ist am 02.11.2026 abgelaufen und zählt nicht mehr",
        ),
        (
            "12 controls are claimed without evidence, such as `a`, `b`, `c`",
            "ohne Nachweis behauptete Massnahmen: 12, zum Beispiel `a`, `b`, `c`",
        ),
        (
            "a policy that is published can't be taken to: approve",
            "eine Richtlinie im Status «veröffentlicht» lässt diesen Schritt nicht zu: Genehmigung",
        ),
        ("This is needed.", "Dies ist erforderlich."),
        ("We tried it for a week", None),
        ("safe, 3 artefacts; found: pickle-call 2", "sicher, Artefakte: 3; gefunden: pickle-call 2"),
        ("dangerous, 3 artefacts", "gefährlich, Artefakte: 3"),
        ("refusals reach 50", "Ablehnungen: erreicht 50"),
        ("we reach 50", None),
        (
            "`to` stands in the request; `cc` has no word in common with the request",
            "`to` steht in der Anfrage; `cc` hat kein Wort mit der Anfrage gemeinsam",
        ),
        (
            "what `body` holds is the user's own (call 2, find)",
            "was `body` enthält, gehört der Person selbst (Aufruf 2, find)",
        ),
        ("the file is empty; we tried", None),
        ("Wrong. (the file is empty)", None),
        ("", None),
    ],
)  # fmt: skip
def test_sentences_of_ours_are_recognised_however_they_come(text: str, said: str | None) -> None:
    assert understood(words_for("de"), text) == said
    assert understood(words_for("en"), text) is None


def test_a_closed_set_has_words_for_all_of_its_members(whole_catalog: Catalog) -> None:
    assert set(LOSSES) == set(LossKind)
    assert {one.title for one in whole_catalog.positions.values()} <= set(POSITIONS)
    placed = {place for control in whole_catalog.controls.values() for place in control.placement}
    assert {f"kind-{one}" for one in placed} <= set(LABELS)
    assert {f"measure-{one}" for one in get_args(Measure)} <= set(LABELS)


def test_one_word_for_several_things_is_said_of_each_in_its_own_way() -> None:
    french = words_for("fr")
    assert [str(french.say(LABELS[key])) for key in ("tool-approved", "policy-approved")] == ["autorisé", "approuvée"]
    assert french.say_of("version", "From") != french.say_of("address", "From")
    assert words_for("en").plain(LABELS["tool-approved"]) == "approved"


def test_the_parts_of_a_review_are_named_in_the_language(site: Site) -> None:
    seen = see(site.services, PEOPLE["rea"], "fraud-model")
    names = seen.names(site.services, words_for("it"))
    assert isinstance(names, SaidNames)
    assert seen.review is not None
    control, loss = next(iter(site.catalog.controls.values())), seen.review.losses[0]
    assert names.control(f"{control.id}@system") == f"{control.title} (su l'intero sistema)"
    assert names.control(control.id) == control.title
    assert names.input(f"money per event: {loss.id}") == f"denaro per evento: {names.loss(loss.id)}"
    assert names.input("attempts per year: insider") == "tentativi all'anno: Un dipendente"
    assert names.input("chance of success: made-up@system").endswith(", su l'intero sistema")
    assert names.input("something else") == "something else"


def test_a_diagram_is_drawn_in_the_language_and_says_which(site: Site) -> None:
    german = site.get(f"{SYSTEM}/diagram.svg", cookie="language=de")
    assert 'lang="de"' in german.text[:2000]
    assert "Vertrauensgrenze" in german.text
    assert "trust boundary" not in german.text
    again = {"if-none-match": german.headers["etag"]}
    assert site.get(f"{SYSTEM}/diagram.svg", cookie="language=en", **again).status_code == 200
    assert drawn(words_for("de"), "several words of somebody") == "several words of somebody"

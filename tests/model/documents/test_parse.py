"""Documents from files and bodies: the envelope, bare systems and sandboxes, and what is refused where."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import BartizanError, InputError, InputErrors
from bartizan.model.documents import Document, Kind, canonical, digest_of, parse_document, parse_documents
from bartizan.model.documents.registered import RegisteredSandbox

BARE = "{id: bot, components: {a: {kind: agent}}}"
SANDBOX = """\
id: trial
purpose: Try a model
owner: anna
data: {highest: public}
models: ["*"]
starts: 2026-01-01
ends: 2026-02-01
"""
EXCEPTION = (
    "{kind: Exception, name: late, spec: {title: T, owner: o, why: w, starts: 2026-01-01, ends: 2026-02-01, %s}}"
)


def read(text: str) -> Document:
    return parse_document(text.encode(), "file.yaml")


def message(text: str) -> str:
    with pytest.raises(InputError) as caught:
        read(text)
    return caught.value.message


def test_a_system_can_stand_alone_or_in_an_envelope() -> None:
    alone = read(BARE)
    wrapped = read(f"{{kind: System, unit: claims, spec: {BARE}}}")

    assert (alone.kind, alone.name, alone.unit) == (Kind.SYSTEM, "bot", "")
    assert (wrapped.name, wrapped.unit, wrapped.spec) == ("bot", "claims", alone.spec)


def test_a_system_that_only_says_its_version_of_the_language_is_taken_for_one() -> None:
    assert message("{bartizan: 1, id: bot}") == "the system has no components"


def test_a_sandbox_can_stand_alone_or_in_an_envelope() -> None:
    alone = read(SANDBOX)
    wrapped = read("kind: Sandbox\nspec:\n" + "".join(f"  {line}\n" for line in SANDBOX.splitlines()))

    assert alone.kind is Kind.SANDBOX
    assert isinstance(alone.spec, RegisteredSandbox)
    assert (alone.title, alone.owner) == ("Try a model", "anna")
    assert wrapped == alone


@pytest.mark.parametrize(
    "text",
    ["soon", "2026-13-01", "2026-01-01T10:00:00", "20260101T000000Z", "1969-01-01", "9999-12-31T23:59:59-23:00", '""'],
)
def test_a_sandbox_starts_and_ends_on_days_that_are_some(text: str) -> None:
    assert "which is neither a day nor a time" in message(SANDBOX.replace("2026-01-01", text))
    assert "which is neither a day nor a time" in message(SANDBOX.replace("2026-02-01", text))


def test_a_sandbox_does_not_end_before_it_starts() -> None:
    assert message(SANDBOX.replace("2026-02-01", "2025-12-31")) == "the sandbox ends before it starts"


@pytest.mark.parametrize(
    ("kind", "spec", "title", "owner"),
    [
        ("Tool", "{title: Writer, owner: ben}", "Writer", "ben"),
        ("Vendor", "{title: Acme, owner: cleo}", "Acme", "cleo"),
        ("Organisation", "{title: Helvion}", "Helvion", ""),
        ("Policy", "{title: Use of AI, owner: dora}", "Use of AI", "dora"),
        ("System", "{id: bot, name: The bot, owner: eve, components: {a: {kind: agent}}}", "The bot", "eve"),
        ("System", BARE, "bot", ""),
    ],
)
def test_every_kind_has_a_title_and_an_owner(kind: str, spec: str, title: str, owner: str) -> None:
    document = read(f"{{kind: {kind}, spec: {spec}}}")

    assert (document.kind, document.title, document.owner) == (Kind(kind), title, owner)


@pytest.mark.parametrize(("kind", "plural"), [("Policy", "policies"), ("Sandbox", "sandboxes"), ("Tool", "tools")])
def test_kinds_have_a_plural_for_addresses(kind: str, plural: str) -> None:
    assert Kind(kind).plural == plural


def test_a_document_without_a_name_is_named_after_its_id_or_kind() -> None:
    assert read("{kind: Organisation, spec: {title: x}}").name == "organisation"
    assert read(f"{{kind: System, spec: {BARE}}}").name == "bot"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[1, 2]", "this is no document: it lacks `kind`"),
        ("{name: x}", "this is no document: it lacks `kind`"),
        ("{kind: Tool}", "the document lacks `spec`"),
        ("{kind: Tol, spec: {title: x}}", "`Tol` is not a word for `kind`"),
        ("{kind: Tool, nam: x, spec: {title: x}}", "`nam` is not a key of a document"),
        ("{kind: Tool, name: [], spec: {title: x}}", ""),
        ("{kind: Tool, name: Big Name, spec: {title: x}}", "`Big Name` can't be a name"),
        ("{kind: Tool, name: ../x, spec: {title: x}}", "`../x` can't be a name"),
        ("{kind: Tool, name: -x, spec: {title: x}}", "`-x` can't be a name"),
        (f"{{kind: Tool, name: {'a' * 101}, spec: {{title: x}}}}", f"`{'a' * 60}` can't be a name"),
        (f"{{kind: System, name: other, spec: {BARE}}}", "the name is `other`, and the `id` in the spec is `bot`"),
        ("{kind: Organisation, name: us, spec: {title: x}}", "there is one organisation"),
        ("{kind: System, spec: {id: bot, components: {}}}", "the system has no components"),
        ("{kind: System, spec: [1]}", "a system must be a mapping"),
        (EXCEPTION % "systems: []", "an exception is from a `statement` or from a `control`"),
        (EXCEPTION % "control: a, statement: b", "an exception is from a `statement` or from a `control`"),
        ((EXCEPTION % "control: a").replace("2026-02-01", "2025-12-31"), "the exception ends before it starts"),
    ],
)
def test_what_is_no_document_is_refused_with_a_reason(text: str, says: str) -> None:
    assert message(text).startswith(says)


def test_a_mistake_is_told_with_its_line() -> None:
    with pytest.raises(InputErrors) as caught:
        read("kind: Tool\nextra: 1\nmore: 2\nspec: {title: x}\n")

    assert [error.place.line for error in caught.value.errors if error.place] == [2, 3]


def test_a_file_may_hold_many_documents_and_lines_count_through() -> None:
    text = f"# comment\n---\nkind: Tool\nname: one\nspec: {{title: One}}\n--- # next\n{BARE}\n---\n\n---\n# nothing\n"
    documents = parse_documents(text.encode(), "all.yaml")

    assert [(one.kind, one.name) for one in documents] == [(Kind.TOOL, "one"), (Kind.SYSTEM, "bot")]


def test_a_mistake_in_a_later_document_is_told_with_the_line_of_the_file() -> None:
    with pytest.raises(InputError) as caught:
        parse_documents(f"{BARE}\n---\nkind: Tool\nname: x\n".encode(), "all.yaml")

    assert caught.value.place is not None
    assert caught.value.place.line == 3


def test_what_says_the_same_has_the_same_digest_whatever_its_order() -> None:
    one = read("{kind: Tool, name: a, spec: {title: x, owner: o}}")
    other = read("{spec: {owner: o, title: x}, name: a, kind: Tool}")

    assert canonical(one) == canonical(other)
    assert digest_of(one) == digest_of(other) != digest_of(read("{kind: Tool, name: a, spec: {title: y}}"))


@pytest.mark.parametrize("text", [BARE, SANDBOX, EXCEPTION % "control: a", "{kind: Vendor, name: v, spec: {title: V}}"])
def test_a_document_reads_back_from_its_own_bytes(text: str) -> None:
    document = read(text)

    assert parse_document(canonical(document), "body") == document


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    with contextlib.suppress(BartizanError):
        assert all(isinstance(one, Document) for one in parse_documents(content, "any"))

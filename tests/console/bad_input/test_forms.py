"""Every form of every page, filled with attacks: nothing breaks, and nothing becomes markup, at once or later.

And two people with the same form: the second is told, and keeps what they wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import lxml.html  # type: ignore[import-untyped]
import pytest

from bartizan.model.documents import Kind
from bartizan.model.documents.plain import plain
from bartizan.store.yamltext import write_yaml
from tests.console.bad_input.ground import Ground, seed
from tests.console.bad_input.poison import PAYLOADS
from tests.console.bad_input.reading import faults, in_part, pages

_NEVER = ("/signout", "/signin", "/preferences")
_LONG = "x" * 30_000
_BAD = {
    **PAYLOADS,
    "long": _LONG,
    "nul": "a\0b",
    "lines": "a\r\nSet-Cookie: w1=1\r\n\r\nb",
    "odd": "\u202e\ufeff\ud7ff",
    "none": "",
}


class _Form(NamedTuple):
    page: str
    action: str
    sent: dict[str, Any]
    files: dict[str, Any]
    multipart: bool


def _forms(ground: Ground) -> Iterator[_Form]:
    """Give the forms of all pages as a browser would send them, the choices as they stand."""
    seen = set()
    for path, answer in pages(ground):
        if answer.status_code != 200 or "html" not in answer.headers["content-type"]:
            continue
        if answer.headers.get("content-disposition"):
            continue
        for form in lxml.html.document_fromstring(answer.text.encode()).forms:
            action = form.get("action") or path
            key = (action, tuple(sorted(name for name, _ in form.form_values())))
            if form.method == "POST" and not action.startswith(_NEVER) and key not in seen:
                seen.add(key)
                yield _Form(path, action, *_values(form), form.get("enctype") == "multipart/form-data")


def _values(form: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    sent: dict[str, Any] = {}
    files: dict[str, Any] = {}
    for name in {one.name for one in form.inputs if one.name}:
        first = next(one for one in form.inputs if one.name == name)
        type_ = first.get("type", "text") if first.tag == "input" else first.tag
        if type_ == "file":
            files[name] = ("x.csv", b"name,title\n", "text/csv")
        elif type_ in ("checkbox", "radio"):
            sent[name] = first.get("value", "on")
        elif first.tag == "select":
            options = [one for one in first.value_options if one]
            sent[name] = options[-1] if options else ""
        else:
            sent[name] = first.value or ""
    return sent, files


def _texts(form: _Form) -> list[str]:
    """Return the names of what somebody types."""
    return [name for name in form.sent if name not in ("version", "word", "sheet", "criterion", "number", "remove")]


@pytest.mark.parametrize("name", in_part(_BAD, 2))
def test_no_form_breaks_or_shows_as_markup_what_it_is_sent(ground: Ground, name: str) -> None:
    wrong, told = [], 0
    for form in list(_forms(ground)):
        attacks = [dict.fromkeys(form.sent, _BAD[name])]
        attacks += [{**form.sent, field: _BAD[name]} for field in _texts(form)]
        for sent in attacks:
            more: dict[str, Any] = {"files": form.files or {"none": ("", b"")}} if form.multipart else {}
            answer = ground.ask("POST", form.action, data=sent, **more)
            told += 1
            found = faults(answer.text, file=False) if "html" in answer.headers.get("content-type", "") else []
            if answer.status_code >= 500 or found or "w1" in answer.headers.get("set-cookie", "").split(";")[0][:3]:
                wrong.append((form.page, form.action, answer.status_code, found[:3]))
            location = answer.headers.get("location", "/")
            if urlsplit(location).netloc or not location.startswith("/"):
                wrong.append((form.page, form.action, location, []))
    assert not wrong
    assert told > 60
    # What was kept of it shows somewhere: as text.
    later = [(path, answer.status_code, faults(answer.text, file=True)[:3]) for path, answer in pages(ground)
             if "html" in answer.headers.get("content-type", "")]  # fmt: skip
    assert not [one for one in later if one[1] >= 500 or one[2]]


@pytest.mark.parametrize("kind", Kind)
def test_the_second_of_two_is_told_and_keeps_the_text(ground: Ground, kind: Kind) -> None:
    path = f"/documents/{kind.plural}/{ground.names[kind]}"
    ground.put(seed(kind))
    stored = ground.register.documents.get(kind, ground.names[kind])
    assert stored is not None
    theirs = write_yaml(plain(stored.document))
    key = "purpose" if kind is Kind.SANDBOX else "name" if kind is Kind.SYSTEM else "title"
    first, second = ({"text": theirs.replace(f"  {key}: ", f"  {key}: {word} ", 1), "version": str(stored.version),
                      "why": "both of us"} for word in ("First", "Second"))  # fmt: skip
    assert first["text"] != second["text"] != theirs
    one = ground.ask("POST", path, data=first)
    if kind in _DECIDED:
        assert one.status_code == 422
        return
    assert one.status_code == 303
    two = ground.ask("POST", path, data=second)
    assert two.status_code == 409
    shown = lxml.html.document_fromstring(two.text.encode()).xpath("//textarea[@name='text']")[0].text
    assert shown.strip() == second["text"].strip()
    now = ground.register.documents.get(kind, ground.names[kind])
    assert now is not None
    assert now.version == stored.version + 1


def test_the_second_of_two_sees_again_what_was_written_in_any_form(ground: Ground) -> None:
    forms = [one for one in _forms(ground) if "version" in one.sent and "/documents/" not in one.action]
    told = 0
    for form in forms:
        before = {kind: ground.register.documents.get(kind, name) for kind, name in ground.names.items()}
        for kind in Kind:
            ground.put(seed(kind))
        sent = {**form.sent, "why": "because I said so", "version": "9000"}
        answer = ground.ask("POST", form.action, data=sent)
        assert answer.status_code in (303, 400, 403, 409, 422), (form.action, answer.status_code)
        if answer.status_code == 409:
            told += 1
            assert "because I said so" in answer.text, form.action
            after = {kind: ground.register.documents.get(kind, name) for kind, name in ground.names.items()}
            assert all(old is None or after[kind] is not None for kind, old in before.items())
    assert told >= 3


_DECIDED = (Kind.POLICY, Kind.SANDBOX, Kind.EXCEPTION)
"""Published, granted, approved: nobody changes them, neither first nor second."""

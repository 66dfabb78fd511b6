"""PMML: extensions of real tools are safe; scripts, classes and files from elsewhere are told."""

from __future__ import annotations

import pytest

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired
from tests.scan.wire.support import unreadable


def pmml(body: str) -> str:
    return f'<?xml version="1.0"?><PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/>{body}</PMML>'


@pytest.mark.parametrize(
    "body",
    [
        "<DataDictionary><DataField name='script' optype='continuous'/></DataDictionary>",
        '<Extension name="timestamp" value="2026-01-01" extender="R"/>',
        '<Extension name="defaultValue" extender="sklearn2pmml"><X-Value value="eval"/></Extension>',
        '<Extension name="note" value="the os.system of the host, a subprocess of it"/>',
        '<Apply function="uppercase"/><DefineFunction name="a.B"/><Apply function="a.B"/>',
    ],
)
def test_what_tools_write_is_safe(body: str) -> None:
    assert examined(pmml(body), "m.pmml").verdict is Verdict.SAFE


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("<Extension name='x'>import os; os.system('id')</Extension>", "pmml-code"),
        ("<Extension name='x' value='java.lang.Runtime.getRuntime().exec(1)'/>", "pmml-code"),
        ("<Extension name='jython'>x = 1</Extension>", "pmml-script"),
        ("<Extension name='a'><script>x = 1</script></Extension>", "pmml-script"),
        ("<Apply function='net.evil.Gadget'/>", "custom-operators"),
    ],
)
def test_code_is_told(body: str, rule: str) -> None:
    assert fired(examined(pmml(body))) == {rule}


def test_declarations_are_told_in_every_encoding() -> None:
    outside = pmml("").replace("<PMML", '<!DOCTYPE a SYSTEM "http://a/b.dtd"><PMML')
    for data in (outside.encode(), outside.encode("utf-16"), outside.encode("utf-16-le")):
        assert "xml-outside" in fired(examined(data, "m.pmml"))
    bomb = pmml("").replace("<PMML", '<!DOCTYPE a [<!ENTITY a "aaa">]><PMML')
    assert fired(examined(bomb, "m.pmml")) == {"xml-document-type"}


def test_what_breaks_is_unknown() -> None:
    assert "malformed-file" in fired(examined(pmml("<a>"), "m.pmml"))


def test_a_name_alone_makes_nothing_safe() -> None:
    assert unreadable("a.pmml")

"""Names that are written outside the folder, and names that readers don't tell apart, in zips and tars alike."""

from __future__ import annotations

import pytest

from bartizan.scan.artefacts.result import Verdict
from tests.scan.archives.support import TAR_END, Entry, archive, tar_member
from tests.scan.artefacts.support import examined, fired

TEXT = b"some text about a model"
UNIX, LINK = 3 << 8 | 20, 0xA1FF << 16


def in_zip(*names: str) -> set[str]:
    return fired(examined(archive([Entry(name=name.encode(), body=TEXT, flags=0x800) for name in names]), "a.zip"))


def in_tar(*names: str) -> set[str]:
    return fired(examined(b"".join(tar_member(name, TEXT) for name in names) + TAR_END, "a.tar"))


@pytest.mark.parametrize("name", ["../evil.txt", "a/../../evil.txt", "..\\evil.txt", "a\\..\\..\\evil.txt"])
def test_a_name_that_climbs_out_is_dangerous(name: str) -> None:
    assert "archive-path-leaves" in in_zip(name)
    assert "archive-path-leaves" in in_tar(name)
    assert examined(tar_member(name, TEXT) + TAR_END, "a.tar").verdict is Verdict.DANGEROUS


@pytest.mark.parametrize("name", ["/etc/passwd.txt", "C:/a.txt", "a\\b.txt", "a/../b.txt", "a\x07.txt"])
def test_an_odd_name_is_told(name: str) -> None:
    assert "archive-path-odd" in in_zip(name)
    assert "archive-path-odd" in in_tar(name)


@pytest.mark.parametrize("name", ["a.txt", "./a.txt", "a/b..c.txt", "a//b.txt", "..a.txt", "über.txt"])
def test_a_plain_name_is_not(name: str) -> None:
    assert in_zip(name) == set()
    assert in_tar(name) == set()


def test_names_that_stand_twice_or_differ_in_form_only_are_told() -> None:
    assert "duplicate-names" in in_zip("a.txt", "a.txt")
    assert "duplicate-names" in in_tar("a.txt", "a.txt")
    for one, other in (("Model.txt", "model.txt"), ("é.txt", "e\u0301.txt"), ("ﬁ.txt", "fi.txt")):
        assert "archive-names-collide" in in_zip(one, other)
        assert "archive-names-collide" in in_tar(one, other)
    assert in_zip("a.txt", "b/a.txt") == set()


def linked(target: str) -> Entry:
    return Entry(name=b"a/link", body=target.encode(), made_by=UNIX, attributes=LINK)


@pytest.mark.parametrize("target", ["/etc/passwd", "../../secret", "C:\\secret"])
def test_a_link_that_leads_out_is_told(target: str) -> None:
    assert "archive-link-leaves" in fired(examined(archive([linked(target)]), "a.zip"))
    assert "archive-link-leaves" in fired(examined(tar_member("a/link", kind=b"2", target=target) + TAR_END, "a.tar"))


def test_a_hard_link_counts_from_the_root() -> None:
    inward = tar_member("a/b/link", kind=b"1", target="a/file") + TAR_END
    outward = tar_member("a/b/link", kind=b"1", target="../file") + TAR_END
    assert fired(examined(inward, "a.tar")) == set()
    assert "archive-link-leaves" in fired(examined(outward, "a.tar"))


@pytest.mark.parametrize("target", ["b", "../b", "./c/d"])
def test_a_link_inside_is_not(target: str) -> None:
    assert "archive-link-leaves" not in fired(examined(archive([linked(target)]), "a.zip"))
    assert fired(examined(tar_member("a/link", kind=b"2", target=target) + TAR_END, "a.tar")) == set()


def test_a_member_that_goes_through_such_a_link_is_dangerous() -> None:
    through = archive([linked("/etc"), Entry(name=b"a/link/cron.txt", body=TEXT)])
    assert "archive-path-leaves" in fired(examined(through, "a.zip"))
    members = tar_member("a/link", kind=b"2", target="/etc") + tar_member("a/link/cron.txt", TEXT)
    assert "archive-path-leaves" in fired(examined(members + TAR_END, "a.tar"))


def test_a_device_is_odd() -> None:
    assert "archive-path-odd" in fired(examined(tar_member("a", kind=b"3") + TAR_END, "a.tar"))

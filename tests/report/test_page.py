"""What pages for a browser share."""

from __future__ import annotations

import pytest

from bartizan.report.page import ticked


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("`to` stands in `a` text", "<code>to</code> stands in <code>a</code> text"),
        ("nothing of it", "nothing of it"),
        ("", ""),
        ("`<b>` & <i>", "<code>&lt;b&gt;</code> &amp; &lt;i&gt;"),
        ("one ` alone <i>", "one ` alone &lt;i&gt;"),
    ],
)
def test_what_stands_between_backticks_is_code(text: str, html: str) -> None:
    assert ticked(text) == html

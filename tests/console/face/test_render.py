"""Pages: language and colours, the message after a change, where redirects may lead, files, and what went wrong."""

from __future__ import annotations

import gzip
import json
from base64 import urlsafe_b64encode

import pytest
from jinja2 import Environment
from litestar.testing import TestClient
from markupsafe import Markup

from bartizan.console.app import make_app
from bartizan.console.assets import Assets, files_of
from bartizan.console.headers import HEADERS
from bartizan.console.render import FILTERS, moved, with_query
from bartizan.console.services import Services
from bartizan.console.words import words_for
from bartizan.store.register import Page, Query, Unavailable
from tests.console.pages.site import ByHeader, Site, text


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil", "", "x", "/a\nb", "/a b"])
def test_redirects_stay_on_the_console(to: str) -> None:
    with pytest.raises(ValueError, match="stay"):
        moved(to)


def test_addresses_keep_their_query_but_for_what_changes() -> None:
    assert with_query("/", {"a": "1", "b": "x y"}, a=None, c=2) == "/?b=x+y&c=2"
    assert with_query("/x", {}, a="") == "/x"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("not `decide` here", "not <code>decide</code> here"),
        ("`a`", "<code>a</code>"),
        ("one ` alone", "one ` alone"),
        ("<b> `<i>`", "&lt;b&gt; <code>&lt;i&gt;</code>"),
        (Markup("isn&#39;t `&lt;`"), "isn&#39;t <code>&lt;</code>"),
    ],
)
def test_what_stands_between_backticks_in_a_message_is_code(said: str, shown: str) -> None:
    assert FILTERS["coded"](said) == shown


@pytest.mark.parametrize(
    ("code", "named"), [("de", "Germania"), ("CH", "Svizzera"), ("Helvetia", "Helvetia"), ("", "")]
)
def test_a_country_is_named_and_what_is_no_code_stays(code: str, named: str) -> None:
    made = Environment(autoescape=True)
    made.filters["country"] = FILTERS["country"]
    assert made.from_string("{{ code|country }}").render(code=code, words=words_for("it")) == named


def test_language_and_colours_are_kept_in_cookies(site: Site) -> None:
    answer = site.post("/preferences", {"language": "de", "theme": "dark", "back": "/trail?after=3"}, by="aud")
    assert (answer.status_code, answer.headers["location"]) == (303, "/trail?after=3")
    cookies = answer.headers.get_list("set-cookie")
    assert all("HttpOnly" in one and "SameSite=lax" in one for one in cookies)
    page = site.get("/", cookie="language=de; theme=dark")
    assert '<html lang="de" data-bs-theme="dark" data-wish="dark">' in page.text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "nonsense", ""])
def test_choosing_a_language_leads_nowhere_else(site: Site, back: str) -> None:
    answer = site.post("/preferences", {"language": "fr", "back": back})
    assert answer.headers["location"] == "/"


def test_a_language_that_is_not_ours_is_not_kept(site: Site) -> None:
    answer = site.post("/preferences", {"language": "../../etc", "theme": "red", "back": "/"})
    assert "set-cookie" not in answer.headers


def test_the_browsers_language_counts_where_nobody_chose(site: Site) -> None:
    assert '<html lang="it"' in site.get("/", **{"accept-language": "it-CH,it;q=0.9"}).text


def told(**values: object) -> str:
    return "said=" + urlsafe_b64encode(json.dumps(values).encode()).decode()


def test_a_message_after_a_change_is_shown_once_and_escaped(site: Site) -> None:
    page = site.get("/", cookie=told(text="%(tool)s was kept.", kind="good", values={"tool": "<script>"}))
    assert "&lt;script&gt; was kept." in page.text
    assert "<script> was kept" not in page.text
    assert "Max-Age=0" in page.headers["set-cookie"]


@pytest.mark.parametrize(
    "cookie",
    [
        "said=%%%",
        "said=" + "A" * 5000,
        "said=" + urlsafe_b64encode(b"[]").decode(),
        told(text="%(gone)s"),
        told(text="%d", values={"a": "b"}),
        told(text="%(a)99999s", values={"a": "b"}),
        told(text="%(a)r", values={"a": "b"}),
    ],
)
def test_a_made_up_message_cookie_breaks_nothing(site: Site, cookie: str) -> None:
    page = site.get("/", cookie=cookie)
    assert page.status_code == 200
    assert 'role="status"' not in page.text


def test_every_answer_carries_the_headers(site: Site) -> None:
    for path in ("/", "/nowhere", "/static/x/console.css", "/systems/none"):
        answer = site.get(path)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS, path


def test_nobody_is_sent_to_the_sign_in_and_back(site: Site) -> None:
    answer = site.get("/trail?after=3", by="nobody")
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin?next=%2Ftrail%3Fafter%3D3")
    assert site.get("/", by="nobody").headers["location"] == "/signin"
    part = site.get("/trail", by="nobody", **{"hx-request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/signin")


def test_a_page_that_is_not_there_says_so_in_words(site: Site) -> None:
    page = site.get("/nowhere")
    assert page.status_code == 404
    assert "There is no such page" in text(page)
    assert site.client.put("/trail", headers={"x-test-person": "rea"}).status_code == 405


def test_programs_get_their_own_kind_of_answer(site: Site) -> None:
    answer = site.get("/api/nowhere")
    assert answer.headers["content-type"] == "application/problem+json"


class Broken:
    """A register's documents that don't answer as they should."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def list(self, query: Query) -> Page[object]:  # noqa: ARG002 - the interface's
        raise self.error

    def get(self, kind: object, name: str) -> None:  # noqa: ARG002 - the interface's
        if isinstance(self.error, Unavailable):
            raise self.error


class Register:
    """A register whose database is away, or that has a mistake."""

    def __init__(self, error: Exception) -> None:
        self.documents = Broken(error)

    def close(self) -> None: ...


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [(Unavailable("the database doesn't answer"), 503, "can't be reached"), (RuntimeError("secret"), 500, "broke")],
)
def test_what_breaks_is_told_without_what_happened_inside(
    site: Site, error: Exception, status: int, words: str
) -> None:
    services = Services(Register(error), site.catalog, clock=lambda: site.now)  # type: ignore[arg-type]
    with TestClient(make_app(services, ByHeader()), raise_server_exceptions=False) as client:
        page = client.get("/", headers={"x-test-person": "rea"})
    assert page.status_code == status
    assert words in text(page)
    assert "secret" not in page.text
    assert ("retry-after" in page.headers) == (status == 503)


def test_files_are_kept_for_a_year_under_an_address_of_their_content(site: Site) -> None:
    address = files_of().address("console.css")
    answer = site.get(address, **{"accept-encoding": "gzip"})
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert "--accent" in answer.text
    assert site.get("/static/old/console.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/static/x/..%2fapp.py", "/static/x/manifest.json", "/static/x/none.css", "/static"])
def test_only_files_of_pages_are_sent(site: Site, path: str) -> None:
    assert site.get(path).status_code == 404


def test_the_address_changes_with_the_files_and_missing_packages_are_told() -> None:
    one, other = Assets({"a.css": b"a"}), Assets({"a.css": b"b"})
    assert one.address("a.css") != other.address("a.css")
    assert one.address("htmx.js") == ""
    assert "htmx.js" in one.missing()
    assert gzip.decompress(one.packed("a.css")) == b"a"


def test_pages_work_without_the_packages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    own = dict.fromkeys(("console.css", "console.js", "theme.js", "mark.svg"), b"")
    monkeypatch.setattr("bartizan.console.app.files_of", lambda: Assets(own))
    with TestClient(make_app(site.services, ByHeader())) as client:
        page = client.get("/systems/fraud-model/risk", headers={"x-test-person": "rea"})
    assert page.status_code == 200
    assert "echarts" not in page.text
    assert "<svg" not in page.text

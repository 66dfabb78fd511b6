"""The inspector finds values where they stand, and is as sure as their surroundings allow."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bartizan import inspection
from bartizan.inspection import Inspector, Policy, parse_policy, policy_digest
from bartizan.model import InputError
from tests.inspection.small_types import SMALL, data_type, found, small

CARD = "4012 8888 8888 1881"


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"pay {CARD} now", [("card", CARD, 75)]),
        (f"card: {CARD}", [("card", CARD, 85)]),
        ("creditCard=4012888888881881", [("card", "4012888888881881", 85)]),
        ("4012 8888 8888 1882", []),
        ("14012888888881881", []),
        ("login 1234567", [("login", "1234567", 85)]),
        ("1234567 is the ÉLÈVE", [("login", "1234567", 85)]),
        ("logins 1234567", []),
        ("plate AB1234", [("plate", "AB1234", 85)]),
        ("plate" + " " * 33 + "AB1234", []),
        ("plate" + " " * 40 + "AB1234", []),
        ("AB1234 is on the plate", [("plate", "AB1234", 85)]),
        ("xAB1234 plate", []),
        ("a.b@c.de no.reply@c.de", [("mail", "a.b@c.de", 85)]),
        ("tok_abcdefgh1234", [("token", "tok_abcdefgh1234", 85)]),
        ("tok_aaaaaaaaaaaa", []),
        ("PASSWORD = hunter2x", [("assigned", "hunter2x", 75)]),
        ("ISBN 012345678X, 0-1234-5678-9", [("isbn", "ISBN 012345678X", 65), ("isbn", "0-1234-5678-9", 65)]),
        ("é CARD 4012888888881881 é a@b.ch", [("card", "4012888888881881", 85), ("mail", "a@b.ch", 85)]),
        ("", []),
    ],
)
def test_values_are_found(text: str, expected: list[tuple[str, str, int]], plain: bool) -> None:
    assert found(text, small(plain=plain)) == expected


def test_a_heading_counts_as_near() -> None:
    assert found("1234567", small(), "user_login") == [("login", "1234567", 85)]
    assert found("AB1234", small(), "Plate") == [("plate", "AB1234", 85)]
    assert found("1234567", small(), "amount") == []


def test_the_class_is_the_highest_of_a_span() -> None:
    assert small().inspect("a@b.ch").class_ == "internal"
    assert small().inspect(f"a@b.ch {CARD}").class_ == "restricted"
    assert small().inspect("nothing").class_ == "public"


def test_classes_follow_the_organisations_scheme() -> None:
    inspector = small(scheme=["open", "closed"], classes={"mail": "closed"})
    assert inspector.inspect(CARD).class_ == "closed"
    assert inspector.inspect("a@b.ch").class_ == "closed"
    assert inspector.inspect("tok_abcdefgh1234").class_ == "open"
    assert inspector.title("mail") == "mail"


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ([], {"card", "login", "plate", "mail", "token", "assigned", "isbn", "account"}),
        (["all"], set(SMALL)),
        (["secret"], {"token", "assigned"}),
        (["region:ch", "mail"], {"login", "mail"}),
    ],
)
def test_a_policy_chooses_types(words: list[str], names: set[str]) -> None:
    assert set(small(types=words).records(b"").types) == names
    assert "card" not in small(without=["payment"]).records(b"").types


def test_allowed_values_are_no_findings() -> None:
    assert found("a@b.ch x@y.com", small(allow=[r".*@b\.ch"])) == [("mail", "x@y.com", 85)]
    assert found("4012888888881881", small(allow=["4012.*"])) == []


def test_less_sure_findings_stay_out() -> None:
    text = "CH42, ISBN 012345678X, 4012888888881881, a@b.ch"
    assert {name for name, _, _ in found(text, small(min_confidence=85))} == {"mail"}
    assert {name for name, _, _ in found(text, small(min_confidence=75))} == {"mail", "card"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"types: [crad]", "`crad` is neither a data type"),
        (b"types: [region:xx]", "`region:xx` is neither a data type"),
        (b"min_confidence: 50", "`50` is no confidence"),
        (b"allow: ['(']", "`(` in `allow` is not a regular expression"),
        (b"classes: {mail: secret}", "`secret` is not a class"),
        (b"classes: {crad: public}", "`crad` is not a data type"),
    ],
)
def test_a_wrong_policy_is_refused(text: bytes, sentence: str) -> None:
    with pytest.raises(InputError) as error:
        Inspector(parse_policy(text, "policy.yaml"), types=SMALL, cache=None)
    assert sentence in error.value.message


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"alone": 75}, "exactly one of"),
        ({"pattern": "a", "digits": ["#"], "alone": 75}, "exactly one of"),
        ({"pattern": "a*", "alone": 75}, "may match nothing"),
        ({"pattern": "a(", "alone": 75}, "is not a regular expression"),
        ({"pattern": "a{1,}b", "alone": 75}, "has no greatest length"),
        ({"pattern": r"\Bfoo", "alone": 75}, "may not use at"),
        ({"pattern": "(?=a)b", "alone": 75}, "may not use assert"),
        ({"pattern": "a(?s:b)", "alone": 75}, "flags inside an expression"),
        ({"pattern": "a(?-i:b)", "alone": 75}, "flags inside an expression"),
        ({"digits": ["##x"], "alone": 75}, "is not a layout"),
        ({"digits": ["##--##"], "alone": 75}, "is not a layout"),
        ({"digits": ["##-"], "alone": 75}, "is not a layout"),
        ({"digits": ["#-#-#-#-#-#-#-#-#"], "alone": 75}, "is not a layout"),
        ({"digits": ["#{3,40}"], "alone": 75}, "too short or too long"),
        ({"finder": "nobody", "alone": 75}, "`nobody` is not a finder"),
        ({"pattern": "[a-z]*x", "anchor": "x", "alone": 75}, "has no greatest length"),
        ({"pattern": "abc", "check": "nothing", "alone": 75}, "`nothing` is not a checksum"),
    ],
)
def test_a_form_that_can_not_work_names_its_type(form: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError) as error:
        Inspector(types={"odd": data_type("odd", form)}, cache=None, plain=True)
    assert error.value.message.startswith("data type `odd`: ")
    assert sentence in error.value.message


def test_records_keep_to_themselves() -> None:
    values = [b"4012 8888 8888", b"1881 a@b.ch", b"card", b"4012888888881881", b"login 1234567"]
    data = b"\n".join(values)
    ends = np.cumsum([len(value) + 1 for value in values]) - 1
    hits = small().records(data, ends)
    told = [
        (hits.types[kind], int(record), int(sure))
        for kind, record, sure in zip(hits.kind, hits.record, hits.confidence, strict=True)
    ]
    assert told == [("mail", 1, 85), ("card", 3, 75), ("login", 4, 85)]
    assert data[hits.start[0] : hits.end[0]] == b"a@b.ch"


def test_without_records_hits_are_counted_by_line() -> None:
    hits = small().records(b"one\ntwo a@b.ch\n\ncard\n4012888888881881")
    assert hits.record.tolist() == [1, 4]
    assert hits.confidence.tolist() == [85, 85]


def test_threads_and_tasks_share_an_inspector() -> None:
    inspector = small()
    texts = [f"login {number}" for number in range(100000, 100200)]
    with ThreadPoolExecutor(8) as pool:
        threaded = list(pool.map(inspector.inspect, texts))

    async def together() -> list[object]:
        return list(await asyncio.gather(*(asyncio.to_thread(inspector.inspect, text) for text in texts)))

    assert threaded == [inspector.inspect(text) for text in texts] == asyncio.run(together())


def test_matches_of_one_width_neither_overlap_nor_reach_over_records() -> None:
    pair = data_type("pair", {"pattern": "[0-9]x[0-9]", "bounded": False, "alone": 75})
    inspector = Inspector(types={"pair": pair}, cache=None)
    assert [value for _, value, _ in found("1x2x3x4, 5x6", inspector)] == ["1x2", "3x4", "5x6"]
    hits = inspector.records(b"1x2x3 7x8", np.array([1, 9]))
    assert list(zip(hits.start.tolist(), hits.end.tolist(), strict=True)) == [(2, 5), (6, 9)]


def test_a_match_that_only_the_byte_behind_the_last_record_completes_is_none() -> None:
    street = data_type("street", {"pattern": "[0-9]{1,4} [a-z]{1,9} st[,\\n]? {0,2}[0-9]{5}", "anchor": "st[,\\n ]",
                                  "reach": 32, "alone": 75})  # fmt: skip
    inspector = Inspector(types={"street": street}, cache=None)
    one, two = b"12 main st", b"12 main st 12345"
    assert inspector.records(one + b"\n", np.array([len(one)])).record.tolist() == []
    assert inspector.records(two + b"\n" + one + b"\n", np.array([len(two), len(two) + 1 + len(one)])).start.size == 1


def test_texts_cut_anywhere_are_the_same_as_records_and_alone() -> None:
    inspector = Inspector(Policy(types=["all"]))
    texts = [text[: len(text) * cut // 7] for name in sorted(inspector.known)[::11] for cut in range(2, 8)
             for text in inspector.known[name].hits[:1]]  # fmt: skip
    texts = [text.replace("«", "").replace("»", "") for text in texts if "\n" not in text]
    for text in texts:
        data = text.encode()
        hits = inspector.records(data + b"\n", np.array([len(data)]))
        told = [(hits.types[kind], int(sure)) for kind, sure in zip(hits.kind, hits.confidence, strict=True)]
        assert told == [(span.type, span.confidence) for span in inspector.inspect(text).spans]


def test_the_compiled_matcher_is_kept(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    Inspector(types=SMALL, cache=cache)
    kept = sorted(cache.iterdir())
    assert len(kept) == 7
    kept[0].write_bytes(b"broken")
    assert found("a@b.ch", Inspector(types=SMALL, cache=cache)) == [("mail", "a@b.ch", 85)]
    assert sorted(cache.iterdir()) == kept


def test_a_cache_that_can_not_be_written_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    assert found("a@b.ch", Inspector(types=SMALL, cache=file / "cache")) == [("mail", "a@b.ch", 85)]


def test_a_digest_names_a_rule_set() -> None:
    digest = policy_digest(Policy(), SMALL)
    assert digest == policy_digest(Policy(), dict(reversed(SMALL.items())))
    assert digest != policy_digest(Policy(min_confidence=75), SMALL)
    assert digest != policy_digest(Policy(), {"mail": SMALL["mail"]})


def test_an_anchor_bounds_what_has_no_length() -> None:
    forms = (
        {"pattern": "[a-z]*key=[0-9]{4}", "anchor": "key", "reach": 20, "alone": 75},
        {"pattern": "(?i:pin) [0-9]{4}", "anchor": "(?i:pin)", "reach": 20, "alone": 75},
    )
    inspector = Inspector(types={"odd": data_type("odd", *forms)}, cache=None, plain=True)
    assert [value for _, value, _ in found("my abckey=1234 and PIN 9876", inspector)] == ["abckey=1234", "PIN 9876"]


def test_the_log_filter_is_there_and_nothing_else() -> None:
    assert inspection.LogFilter.__name__ == "LogFilter"
    with pytest.raises(AttributeError, match="has no `Nothing`"):
        inspection.Nothing  # noqa: B018 - reading it is the test


class Shouting:
    """A recogniser that takes words in capitals for mail, and says what nobody asked for."""

    def find(self, text: str) -> list[tuple[str, int, int, float]]:
        found = [("mail", match.start(), match.end(), 0.9) for match in re.finditer("[A-Z]{3,}", text)]
        return [*found, ("unknown", 0, 3, 0.9), ("token", 0, 1, 0.2)]


def test_recognisers_of_others_have_their_say() -> None:
    inspector = Inspector(types=SMALL, cache=None, plain=True, recognisers=[Shouting()])
    assert found("é HELLO a@b.ch", inspector) == [("mail", "HELLO", 85), ("mail", "a@b.ch", 85)]
    data = "one\né TWO\nTHREE".encode()
    assert inspector.records(data, np.array([3, 10, 16])).record.tolist() == [1, 2]
    assert inspector.records(data).record.tolist() == [1, 2]
    strict = Inspector(Policy(types=["token"]), types=SMALL, cache=None, plain=True, recognisers=[Shouting()])
    assert found("HELLO", strict) == []

"""Keyless signatures, against a sigstore made here: everything it vouches for must be as it was."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bartizan.model import InputError
from bartizan.scan.signing import Refused, Signer, Trust, signed_statement
from bartizan.scan.signing.keyless import utf8_string
from tests.scan.signing.support import FILES, NOW, Sigstore, resources, statement

pytest.importorskip("sigstore", reason="the extra `sigstore` is not installed")

SIGSTORE = Sigstore()
ME, LOGIN = "models@example.com", "https://login.example.com"
PAYLOAD = statement(resources(FILES))
GOOD = SIGSTORE.sign(PAYLOAD)


def verified(
    signed: dict[str, Any],
    folder: Path,
    *,
    root: dict[str, Any] | None = None,
    identity: str = ME,
    issuer: str = LOGIN,
) -> Signer:
    path = folder / "trusted_root.json"
    path.write_text(json.dumps(SIGSTORE.trusted_root() if root is None else root), encoding="utf-8")
    trust = Trust(identity=identity, issuer=issuer, root=path, at=NOW)
    return signed_statement(json.dumps(signed).encode(), "model.sig", trust)[0]


def test_the_signer_and_the_time_are_told(tmp_path: Path) -> None:
    signer = verified(GOOD, tmp_path)
    assert (signer.means, signer.who, signer.issuer, signer.when) == ("keyless", [ME], LOGIN, NOW)


@pytest.mark.parametrize(
    "identity", ["https://example.com/team/models/.ci/release.yml@refs/heads/main", "release!example.com"]
)
def test_pipelines_and_accounts_sign_as_themselves(identity: str, tmp_path: Path) -> None:
    signed = SIGSTORE.sign(PAYLOAD, identity)
    assert verified(signed, tmp_path, identity=identity).who == [identity]
    with pytest.raises(Refused, match="not for"):
        verified(signed, tmp_path, identity=identity + "x")


def test_an_issuer_may_have_a_long_address(tmp_path: Path) -> None:
    issuer = "https://login.example.com/" + "tenant/" * 40
    assert verified(SIGSTORE.sign(PAYLOAD, issuer=issuer), tmp_path, issuer=issuer).issuer == issuer


@pytest.mark.parametrize(
    "data", [b"", b"\x0c", b"\x04\x01a", b"\x0c\x02a", b"\x0c\x01ab", b"\x0c\x01\xff", b"\x0c\x82\x01a"]
)
def test_names_that_break_their_format_name_nobody(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of Python's own decoding, too
        utf8_string(data)


@pytest.mark.parametrize(
    "asked",
    [{"identity": "other@example.com"}, {"issuer": "https://other.example.com"}, {"identity": "MODELS@example.com"}],
)
def test_another_signer_is_refused(asked: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        verified(GOOD, tmp_path, **asked)
    assert refused.value.rule == "signature-by-another"


def test_both_extensions_must_name_the_issuer(tmp_path: Path) -> None:
    signed = SIGSTORE.sign(PAYLOAD, old_issuer="https://other.example.com")
    for issuer in (LOGIN, "https://other.example.com"):
        with pytest.raises(Refused, match="its certificate names"):
            verified(signed, tmp_path, issuer=issuer)


@pytest.mark.parametrize("away", [timedelta(minutes=-10), timedelta(minutes=10), timedelta(days=300)])
def test_what_was_logged_outside_of_the_certificates_minutes_is_refused(away: timedelta, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        verified(SIGSTORE.sign(PAYLOAD, logged=NOW + away), tmp_path)


@pytest.mark.parametrize("part", ["tlogs", "ctlogs", "certificateAuthorities"])
def test_each_part_of_the_trust_root_counts(part: str, tmp_path: Path) -> None:
    other = Sigstore().trusted_root()
    with pytest.raises(Refused):
        verified(GOOD, tmp_path, root=SIGSTORE.trusted_root() | {part: other[part]})
    with pytest.raises(InputError, match="no complete trust root"):
        verified(GOOD, tmp_path, root=SIGSTORE.trusted_root() | {part: []})


def flipped(text: str) -> str:
    data = bytearray(base64.b64decode(text))
    data[len(data) // 2] ^= 1
    return base64.b64encode(bytes(data)).decode()


def one_more(text: str) -> str:
    return str(int(text) + 1)


ENTRY = ("verificationMaterial", "tlogEntries", 0)
PARTS: list[tuple[tuple[str | int, ...], Callable[[str], str]]] = [
    (("dsseEnvelope", "payload"), flipped),
    (("dsseEnvelope", "payloadType"), lambda text: text + "x"),
    (("dsseEnvelope", "signatures", 0, "sig"), flipped),
    (("verificationMaterial", "certificate", "rawBytes"), flipped),
    ((*ENTRY, "canonicalizedBody"), flipped),
    ((*ENTRY, "integratedTime"), one_more),
    ((*ENTRY, "logIndex"), one_more),
    ((*ENTRY, "logId", "keyId"), flipped),
    ((*ENTRY, "kindVersion", "kind"), lambda _: "hashedrekord"),
    ((*ENTRY, "kindVersion", "version"), lambda _: "0.0.2"),
    ((*ENTRY, "inclusionPromise", "signedEntryTimestamp"), flipped),
    ((*ENTRY, "inclusionProof", "rootHash"), flipped),
    ((*ENTRY, "inclusionProof", "hashes", 0), flipped),
    ((*ENTRY, "inclusionProof", "logIndex"), one_more),
    ((*ENTRY, "inclusionProof", "treeSize"), one_more),
    ((*ENTRY, "inclusionProof", "checkpoint", "envelope"), lambda text: text.replace("log.example.com - 1", "log - 1")),
    ((*ENTRY, "inclusionProof", "checkpoint", "envelope"), lambda text: text.partition("\n\n")[0] + "\n\n"),
]


@pytest.mark.parametrize(("place", "change"), PARTS, ids=["-".join(map(str, place[-2:])) for place, _ in PARTS])
def test_a_change_anywhere_is_refused(
    place: tuple[str | int, ...], change: Callable[[str], str], tmp_path: Path
) -> None:
    signed: Any = copy.deepcopy(GOOD)
    inner = signed
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = change(inner[place[-1]])
    with pytest.raises((Refused, InputError)):
        verified(signed, tmp_path)


@pytest.mark.parametrize("part", ["inclusionProof", "inclusionPromise"])
def test_proof_and_promise_of_the_log_must_be_there(part: str, tmp_path: Path) -> None:
    signed = copy.deepcopy(GOOD)
    del signed["verificationMaterial"]["tlogEntries"][0][part]
    with pytest.raises(Refused):
        verified(signed, tmp_path)


def test_parts_of_two_signatures_do_not_mix(tmp_path: Path) -> None:
    other = SIGSTORE.sign(statement(resources({"model.bin": b"other weights"})))
    for part in ("verificationMaterial", "dsseEnvelope"):
        with pytest.raises(Refused):
            verified(GOOD | {part: other[part]}, tmp_path)
    mixed = copy.deepcopy(GOOD)
    mixed["verificationMaterial"]["tlogEntries"] = other["verificationMaterial"]["tlogEntries"]
    with pytest.raises(Refused):
        verified(mixed, tmp_path)


def test_a_clients_trust_configuration_holds_a_trust_root(tmp_path: Path) -> None:
    configuration = {
        "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
        "trustedRoot": SIGSTORE.trusted_root(),
        "signingConfig": _signing_configuration(),
    }
    assert verified(GOOD, tmp_path, root=configuration).who == [ME]


def _signing_configuration() -> dict[str, Any]:
    def service(address: str) -> list[dict[str, Any]]:
        start = {"start": "2025-01-01T00:00:00Z"}
        return [{"url": address, "majorApiVersion": 1, "validFor": start, "operator": "example.com"}]

    return {
        "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
        "caUrls": service("https://ca.example.com"),
        "oidcUrls": service("https://login.example.com"),
        "rekorTlogUrls": service("https://log.example.com"),
        "rekorTlogConfig": {"selector": "ANY"},
        "tsaUrls": [],
        "tsaConfig": {"selector": "ANY"},
    }


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"trustedRoot": 5}', '{"tlogs": [1], "ctlogs": [1]}'])
def test_what_is_no_trust_root_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "root.json").write_text(text, encoding="utf-8")
    trust = Trust(identity=ME, issuer=LOGIN, root=tmp_path / "root.json", at=NOW)
    with pytest.raises(InputError):
        signed_statement(json.dumps(GOOD).encode(), "model.sig", trust)


def test_a_broken_authority_in_the_trust_root_is_told(tmp_path: Path) -> None:
    root = SIGSTORE.trusted_root()
    root["certificateAuthorities"][0]["certChain"]["certificates"][0]["rawBytes"] = "AAAA"
    with pytest.raises(InputError, match="no trust root"):
        verified(GOOD, tmp_path, root=root)

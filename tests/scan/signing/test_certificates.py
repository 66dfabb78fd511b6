"""Signatures made with certificates: the chain, what each may do, for whom, and when."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from bartizan.model import InputError
from bartizan.scan.signing import Refused, Signer, Trust, signed_statement
from tests.scan.signing.support import (
    FILES,
    NOW,
    certificate,
    chained,
    keyed,
    leaf_extensions,
    resources,
    statement,
    usage,
)

Extensions = list[tuple[x509.ExtensionType, bool]]
ROOT, ISSUER, LEAF, OTHER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(4))
PAYLOAD = statement(resources(FILES))
ROOT_CERTIFICATE = certificate("root", ROOT, "root", ROOT)
ISSUING = certificate("issuing", ISSUER, "root", ROOT)
SIGNER = certificate("models", LEAF, "issuing", ISSUER, leaf_extensions())


def verified(
    signed: dict[str, Any],
    folder: Path,
    trusted: tuple[x509.Certificate, ...] = (ROOT_CERTIFICATE,),
    *,
    identity: str | None = None,
    at: datetime = NOW,
) -> Signer:
    paths = []
    for number, one in enumerate(trusted):
        paths.append(folder / f"{number}.pem")
        paths[-1].write_bytes(one.public_bytes(Encoding.PEM))
    trust = Trust(certificates=tuple(paths), identity=identity, at=at)
    return signed_statement(json.dumps(signed).encode(), "model.sig", trust)[0]


def refused(signed: dict[str, Any], folder: Path, *trusted: x509.Certificate, **how: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as error:
        verified(signed, folder, trusted or (ROOT_CERTIFICATE,), **how)
    return error.value.rule.removeprefix("signature-"), error.value.why


def issued(extensions: Extensions, **how: Any) -> dict[str, Any]:
    return chained(PAYLOAD, LEAF, [certificate("models", LEAF, "issuing", ISSUER, extensions, **how), ISSUING])


def without(kind: type[x509.ExtensionType]) -> Extensions:
    return [(one, critical) for one, critical in leaf_extensions() if not isinstance(one, kind)]


def test_a_chain_to_a_trusted_root(tmp_path: Path) -> None:
    signer = verified(chained(PAYLOAD, LEAF, [SIGNER, ISSUING]), tmp_path)
    assert (signer.means, signer.who, signer.issuer) == (
        "certificate",
        ["models@example.com", "example.com"],
        "CN=issuing",
    )
    assert signer.when is None


def test_what_lies_between_may_be_given_instead_of_sent(tmp_path: Path) -> None:
    alone = chained(PAYLOAD, LEAF, [SIGNER])
    assert refused(alone, tmp_path)[0] == "by-another"
    assert verified(alone, tmp_path, (ROOT_CERTIFICATE, ISSUING)).means == "certificate"
    # Who names only the one in between means to trust it.
    assert verified(alone, tmp_path, (ISSUING,)).means == "certificate"


def test_a_root_that_is_sent_along_is_not_trusted(tmp_path: Path) -> None:
    signed = chained(PAYLOAD, LEAF, [SIGNER, ISSUING, ROOT_CERTIFICATE])
    stranger = certificate("root", OTHER, "root", OTHER)
    assert verified(signed, tmp_path).means == "certificate"
    assert refused(signed, tmp_path, stranger)[0] == "by-another"


def test_a_certificate_of_its_own_is_trusted_where_it_is_given(tmp_path: Path) -> None:
    own = certificate("models", LEAF, "models", LEAF, leaf_extensions())
    signed = chained(PAYLOAD, LEAF, [own])
    assert verified(signed, tmp_path, (own,)).means == "certificate"
    assert refused(signed, tmp_path)[0] == "by-another"


def test_the_key_of_the_certificate_must_have_signed(tmp_path: Path) -> None:
    assert refused(chained(PAYLOAD, OTHER, [SIGNER, ISSUING]), tmp_path)[0] == "invalid"


@pytest.mark.parametrize(
    "extensions",
    [
        [],
        [(x509.BasicConstraints(False, None), True)],
        [(usage(sign=True, issue=True), True)],
        [(x509.BasicConstraints(True, None), True), (usage(sign=True, issue=False), True)],
    ],
)
def test_who_may_not_issue_vouches_for_nobody(extensions: Extensions, tmp_path: Path) -> None:
    between = certificate("issuing", ISSUER, "root", ROOT, extensions)
    assert refused(chained(PAYLOAD, LEAF, [SIGNER, between]), tmp_path)[0] == "by-another"


def test_the_length_of_a_chain_is_limited(tmp_path: Path) -> None:
    short = certificate("root", ROOT, "root", ROOT, [(x509.BasicConstraints(True, 0), True)])
    assert refused(chained(PAYLOAD, LEAF, [SIGNER, ISSUING]), tmp_path, short)[0] == "by-another"


def test_certificates_hold_for_a_time(tmp_path: Path) -> None:
    signed = issued(leaf_extensions(), spell=(NOW - timedelta(10), NOW - timedelta(5)))
    rule, why = refused(signed, tmp_path)
    assert rule == "certificate-unfit"
    assert why == "its certificates are valid from 2026-05-22 to 2026-05-27, not on 2026-06-01"
    assert verified(signed, tmp_path, at=NOW - timedelta(7)).means == "certificate"
    assert refused(signed, tmp_path, at=NOW - timedelta(15))[0] == "certificate-unfit"


@pytest.mark.parametrize(
    ("extensions", "why"),
    [
        ([], "does not say that it is for signatures"),
        ([(usage(sign=False, issue=True), True)], "key usage does not allow"),
        ([(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)], "does not name code signing"),
        ([*without(x509.ExtendedKeyUsage), (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)], "code"),
        ([*without(x509.KeyUsage), (usage(sign=False, issue=False), True)], "key usage does not allow"),
    ],
)
def test_certificates_for_something_else_are_unfit(extensions: Extensions, why: str, tmp_path: Path) -> None:
    rule, said = refused(issued(extensions), tmp_path)
    assert rule == "certificate-unfit"
    assert why in said


def test_what_must_be_understood_and_is_not_breaks_the_chain(tmp_path: Path) -> None:
    odd = x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    assert "critical" in refused(issued([*leaf_extensions(), (odd, True)]), tmp_path)[1]
    assert verified(issued([*leaf_extensions(), (odd, False)]), tmp_path).means == "certificate"
    issuing = [(x509.BasicConstraints(True, None), True), (odd, True)]
    between = certificate("issuing", ISSUER, "root", ROOT, issuing)
    assert "critical" in refused(chained(PAYLOAD, LEAF, [SIGNER, between]), tmp_path)[1]


@pytest.mark.parametrize("kind", [x509.KeyUsage, x509.ExtendedKeyUsage, x509.BasicConstraints])
def test_one_of_both_usages_is_enough(kind: type[x509.ExtensionType], tmp_path: Path) -> None:
    assert verified(issued(without(kind)), tmp_path).means == "certificate"


@pytest.mark.parametrize("identity", ["models@example.com", "example.com", "models", "CN=models"])
def test_the_identity_is_one_of_its_names(identity: str, tmp_path: Path) -> None:
    assert verified(chained(PAYLOAD, LEAF, [SIGNER, ISSUING]), tmp_path, identity=identity).who


@pytest.mark.parametrize("identity", ["", "models@example.co", "Models@example.com", "issuing", "com"])
def test_nobody_else_is_the_identity(identity: str, tmp_path: Path) -> None:
    rule, why = refused(chained(PAYLOAD, LEAF, [SIGNER, ISSUING]), tmp_path, identity=identity)
    assert rule == "by-another"
    assert "`models@example.com`, `example.com`, not for" in why


def test_the_subject_names_whom_nothing_else_names(tmp_path: Path) -> None:
    assert verified(issued(without(x509.SubjectAlternativeName)), tmp_path).who == ["CN=models"]


def test_keys_of_other_curves_are_not_verifiable(tmp_path: Path) -> None:
    odd = ec.generate_private_key(ec.BrainpoolP256R1())
    leaf = certificate("models", odd, "issuing", ISSUER, leaf_extensions())
    assert refused(chained(PAYLOAD, odd, [leaf, ISSUING]), tmp_path)[0] in ("not-verifiable", "by-another")


@pytest.mark.parametrize("raw", ["", "AAAA", "MIIB"])
def test_broken_certificates_are_told(raw: str, tmp_path: Path) -> None:
    signed = chained(PAYLOAD, LEAF, [SIGNER, ISSUING])
    for number in (0, 1):
        rows = list(signed["verificationMaterial"]["x509CertificateChain"]["certificates"])
        rows[number] = {"rawBytes": raw}
        material = {"x509CertificateChain": {"certificates": rows}}
        with pytest.raises(InputError, match="breaks its format"):
            verified(signed | {"verificationMaterial": material}, tmp_path)


def test_a_certificate_with_a_serial_number_below_one_is_broken(tmp_path: Path) -> None:
    signed = chained(PAYLOAD, LEAF, [SIGNER, ISSUING])
    (first, *others) = signed["verificationMaterial"]["x509CertificateChain"]["certificates"]
    odd = base64.b64decode(first["rawBytes"]).replace(b"\x02\x02\x12\x67", b"\x02\x02\x92\x67", 1)
    material = {"x509CertificateChain": {"certificates": [{"rawBytes": base64.b64encode(odd).decode()}, *others]}}
    with pytest.raises(InputError, match="RFC 5280"):
        verified(signed | {"verificationMaterial": material}, tmp_path)


def test_trust_and_bundle_must_be_of_certificates(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no certificate"):
        verified(keyed(PAYLOAD, LEAF), tmp_path)
    (tmp_path / "none.pem").write_text("nothing", encoding="utf-8")
    trust = Trust(certificates=(tmp_path / "none.pem",), at=NOW)
    with pytest.raises(InputError, match="holds no certificates"):
        signed_statement(json.dumps(chained(PAYLOAD, LEAF, [SIGNER])).encode(), "model.sig", trust)

"""`bartizan verify`: who signed a model, and whether its files still are what was signed."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from tests.cli.conftest import Run
from tests.scan.signing.support import (
    FILES,
    NOW,
    Sigstore,
    certificate,
    chained,
    keyed,
    leaf_extensions,
    pem_key,
    resources,
    statement,
    write,
)

KEY = ec.generate_private_key(ec.SECP256R1())
PAYLOAD = statement(resources(FILES))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Give a folder signed with a key, and beside it the public key as `public.pem`."""
    root = write(tmp_path / "model", FILES)
    (root / "model.sig").write_text(json.dumps(keyed(PAYLOAD, KEY)), encoding="utf-8")
    (tmp_path / "public.pem").write_bytes(pem_key(KEY))
    return root


def found(run: Run, model: Path, *more: object) -> dict[str, str]:
    """Return the rules of the findings by their paths, relative to the model."""
    done = run("verify", model, "--key", model.parent / "public.pem", "--format", "json", *more)
    document: dict[str, Any] = json.loads(done.out)
    assert document["schema"] == "bartizan/scan/1"
    return {one["path"].removeprefix(model.as_posix()).lstrip("/"): one["rule"] for one in document["findings"]}


def test_a_good_signature_says_who_signed_and_how_many_files(run: Run, model: Path) -> None:
    done = run("verify", model, "--key", model.parent / "public.pem")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("safe: 4 artefacts: 4 safe")
    assert "Signed with the key " in done.out
    assert "3 files as signed, and no others." in done.out
    assert "not that they are harmless" in done.out
    document = json.loads(run("verify", model, "--key", model.parent / "public.pem", "--format", "json").out)
    facts = document["artefacts"][0]["facts"]
    assert (facts["signed-with"], facts["signed-files"], len(facts["key-sha256"][0])) == (["key"], ["3"], 64)
    assert {one["format"] for one in document["artefacts"]} == {"model signature", "as signed"}
    assert all(one["sha256"] for one in document["artefacts"][1:])


def test_changed_missing_and_unsigned_files_are_findings(run: Run, model: Path) -> None:
    (model / "model.bin").write_bytes(b"other weights")
    (model / "config.json").unlink()
    write(model, {"modeling.py": b"import os", ".gitignore": b""})
    assert found(run, model) == {
        "config.json": "signature-file-missing",
        "model.bin": "signature-file-changed",
        "modeling.py": "signature-file-unsigned",
    }
    done = run("verify", model, "--key", model.parent / "public.pem")
    assert done.code == 14
    assert "1 file as signed, 1 changed, 1 missing, 1 unsigned." in done.out
    assert "Left out by the signer: .gitignore." in done.out


def test_unsigned_files_may_be_allowed(run: Run, model: Path) -> None:
    write(model, {"README.md": b"read me"})
    asked = ("verify", model, "--key", model.parent / "public.pem")
    assert run(*asked).code == 13
    done = run(*asked, "--allow-unsigned")
    assert done.code == 0
    assert done.out.startswith("safe: 5 artefacts: 5 safe")
    assert "README.md" in done.out
    (model / "model.bin").write_bytes(b"other weights")
    assert run(*asked, "--allow-unsigned").code == 14
    assert run(*asked, "--fail-on", "critical").code == 0


def test_a_signature_that_does_not_hold_stops_everything(run: Run, model: Path) -> None:
    signed = keyed(PAYLOAD, KEY)
    signed["dsseEnvelope"]["signatures"] = keyed(PAYLOAD + b" ", KEY)["dsseEnvelope"]["signatures"]
    (model / "model.sig").write_text(json.dumps(signed), encoding="utf-8")
    assert found(run, model) == {"model.sig": "signature-invalid"}
    done = run("verify", model, "--key", model.parent / "public.pem", "--allow-unsigned")
    assert done.code == 15
    assert done.out.startswith("dangerous: 1 artefact")
    assert "The files were not compared." in done.out
    document = json.loads(run("verify", model, "--key", model.parent / "public.pem", "--format", "json").out)
    assert [one["path"] for one in document["not_inspected"]] == [model.as_posix()]


def test_a_signature_of_another_key_is_told(run: Run, model: Path) -> None:
    (model.parent / "public.pem").write_bytes(pem_key(ec.generate_private_key(ec.SECP256R1())))
    assert found(run, model) == {"model.sig": "signature-by-another"}


def test_digests_that_are_not_supported_are_never_good(run: Run, model: Path) -> None:
    payload = statement(resources(FILES), hash_type="sha1")
    (model / "model.sig").write_text(json.dumps(keyed(payload, KEY)), encoding="utf-8")
    assert found(run, model) == {"model.sig": "signature-not-verifiable"}
    assert run("verify", model, "--key", model.parent / "public.pem").code == 13


def test_certificates_are_held_to_a_day(run: Run, model: Path, tmp_path: Path) -> None:
    spell = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    root = certificate("Root", KEY, "Root", KEY, spell=spell)
    leaf_key = ec.generate_private_key(ec.SECP384R1())

    def signed(end: int) -> None:
        days = (datetime(2001, 1, 1, tzinfo=UTC), datetime(end, 1, 1, tzinfo=UTC))
        leaf = certificate("models", leaf_key, "Root", KEY, leaf_extensions(), days)
        (model / "model.sig").write_text(json.dumps(chained(PAYLOAD, leaf_key, [leaf])), encoding="utf-8")

    (tmp_path / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    asked = ("verify", model, "--certificate-chain", tmp_path / "root.pem")
    signed(2100)
    done = run(*asked, "--identity", "models@example.com")
    assert done.code == 0
    assert "Signed by models@example.com, example.com, whose certificate is of CN=Root" in done.out
    other = run(*asked, "--identity", "other@example.com", "--format", "json")
    assert [one["rule"] for one in json.loads(other.out)["findings"]] == ["signature-by-another"]
    signed(2002)
    expired = run(*asked, "--format", "json")
    assert [one["rule"] for one in json.loads(expired.out)["findings"]] == ["signature-certificate-unfit"]
    assert expired.code == 14
    assert run(*asked, "--signed-at", "2001-06-01").code == 0
    assert run(*asked, "--signed-at", "2002-06-01").code == 14


def test_a_keyless_signature_says_who_and_when(run: Run, model: Path, tmp_path: Path) -> None:
    pytest.importorskip("sigstore", reason="the extra `sigstore` is not installed")
    sigstore = Sigstore()
    (model / "model.sig").write_text(json.dumps(sigstore.sign(PAYLOAD)), encoding="utf-8")
    (tmp_path / "root.json").write_text(json.dumps(sigstore.trusted_root()), encoding="utf-8")
    asked = ["verify", model, "--issuer", "https://login.example.com", "--trust-root", tmp_path / "root.json"]
    done = run(*asked, "--identity", "models@example.com")
    assert done.code == 0
    when = f"{NOW:%Y-%m-%d at %H:%M} UTC"
    assert f"Signed by models@example.com, whom https://login.example.com vouched for, on {when}." in " ".join(
        done.out.split()
    )
    document = json.loads(run(*asked, "--identity", "else@example.com", "--format", "json").out)
    assert [one["rule"] for one in document["findings"]] == ["signature-by-another"]


def test_without_the_library_it_says_what_to_install(
    run: Run, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sigstore = Sigstore()
    (model / "model.sig").write_text(json.dumps(sigstore.sign(PAYLOAD)), encoding="utf-8")
    monkeypatch.setitem(sys.modules, "sigstore.errors", None)
    monkeypatch.setitem(sys.modules, "sigstore", None)
    done = run("verify", model, "--identity", "a", "--issuer", "b", "--trust-root", tmp_path / "root.json")
    assert (done.code, "pip install 'bartizan[sigstore]'" in done.err) == (2, True)


@pytest.mark.parametrize("name", ["model.sig", "any.sig", "any.sigstore.json"])
def test_the_only_signature_is_found(name: str, run: Run, model: Path) -> None:
    (model / "model.sig").rename(model / name)
    assert run("verify", model, "--key", model.parent / "public.pem").code == 0


def test_a_signature_beside_is_found(run: Run, model: Path) -> None:
    (model / "model.sig").rename(model.parent / "model.sigstore.json")
    assert run("verify", model, "--key", model.parent / "public.pem").code == 0
    one = keyed(statement(resources({".": FILES["model.bin"]})), KEY)
    (model / "model.bin.sig").write_text(json.dumps(one), encoding="utf-8")
    assert run("verify", model / "model.bin", "--key", model.parent / "public.pem").code == 0


def test_which_signature_must_be_clear(run: Run, model: Path) -> None:
    (model / "model.sig").rename(model / "one.sig")
    write(model, {"two.sig": b""})
    done = run("verify", model, "--key", model.parent / "public.pem")
    assert (done.code, "there are 2 signatures" in done.err) == (2, True)
    assert found(run, model, "--signature", model / "one.sig") == {"two.sig": "signature-file-unsigned"}
    (model / "one.sig").unlink()
    (model / "two.sig").unlink()
    done = run("verify", model, "--key", model.parent / "public.pem")
    assert (done.code, "there is no signature" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "it is not clear whom you trust"),
        (["--key", "a", "--certificate-chain", "b"], "it is not clear whom you trust"),
        (["--identity", "a"], "it is not clear whom you trust"),
        (["--key", "a", "--identity", "b"], "a key has no identity"),
        (["--issuer", "a"], "needs --identity, --issuer and --trust-root"),
        (["--key", "a", "--signed-at", "2026-01-01"], "goes with `--certificate-chain`"),
        (["--key", "missing.pem"], "`missing.pem` can't be read"),
        (["--key", "a", "--signature", "missing.sig"], "`missing.sig` can't be read"),
    ],
)
def test_mistakes_are_told(options: list[str], said: str, run: Run, model: Path) -> None:
    done = run("verify", model, *options)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_paths_that_hold_nothing_are_told(run: Run, model: Path, tmp_path: Path) -> None:
    assert run("verify", tmp_path / "missing", "--key", tmp_path / "public.pem").code == 2
    empty = write(tmp_path / "empty", {})
    empty.mkdir()
    (empty / "model.sig").write_text(json.dumps(keyed(statement([]), KEY)), encoding="utf-8")
    assert run("verify", empty, "--key", tmp_path / "public.pem").code == 3
    (model / "model.sig").write_text("{}", encoding="utf-8")
    assert run("verify", model, "--key", tmp_path / "public.pem").code == 2


def test_every_format_is_written(run: Run, model: Path, tmp_path: Path) -> None:
    (model / "model.bin").write_bytes(b"other weights")
    asked = ("verify", model, "--key", tmp_path / "public.pem", "-o")
    assert run(*asked, tmp_path / "out.sarif").code == 0
    results = json.loads((tmp_path / "out.sarif").read_bytes())["runs"][0]["results"]
    assert [one["ruleId"] for one in results] == ["signature-file-changed"]
    assert run(*asked, tmp_path / "out.html").code == 14
    assert "Signed with the key" in (tmp_path / "out.html").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of files are Unicode there")
def test_names_that_are_no_text_can_be_reported(run: Run, model: Path) -> None:
    (model / "odd\udcff").write_bytes(b"x")
    write(model, {".git/x": b""})
    assert found(run, model) == {"odd\\udcff": "signature-file-unsigned"}

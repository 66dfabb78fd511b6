"""What the reference implementation signed verifies here, and after a change does not."""

from __future__ import annotations

import importlib
import importlib.util
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bartizan.scan.signing import Refused, Trust, check, inventory, signed_statement
from tests.scan.signing.support import FILES, pem_key, write

VECTORS = {path.stem: json.loads(path.read_bytes()) for path in (Path(__file__).parent / "vectors").glob("*.json")}
GOOD = sorted(VECTORS.keys() - {"blake3"})
AT = datetime(2026, 6, 1, tzinfo=UTC)


def placed(vector: dict[str, Any], folder: Path) -> tuple[Path, Path, Trust]:
    """Write files, signature and what is trusted; return root and signature."""
    root = write(folder / "small-model", {name: text.encode() for name, text in vector["files"].items()})
    signature = root / "model.sig"
    signature.write_text(json.dumps(vector["bundle"]), encoding="utf-8")
    trusted = folder / "trusted.pem"
    trusted.write_text(vector.get("public_key") or vector["root"], encoding="utf-8")
    if "root" in vector:
        return root, signature, Trust(certificates=(trusted,), identity="models@example.com", at=AT)
    return (root / "model.bin" if len(vector["files"]) == 1 else root), signature, Trust(key=trusted, at=AT)


def outcome(root: Path, signature: Path, trust: Trust) -> dict[str, str]:
    _, statement = signed_statement(signature.read_bytes(), str(signature), trust)
    found = inventory(root, statement, signature)
    return {one.path: one.rule for one in check(found, statement.algorithm, statement.shard, lambda *_: None)}


@pytest.mark.parametrize("name", GOOD)
def test_what_the_reference_signed_verifies(name: str, tmp_path: Path) -> None:
    root, signature, trust = placed(VECTORS[name], tmp_path)
    write(tmp_path / "small-model", {".gitignore": b"*.tmp"})
    found = outcome(root, signature, trust)
    assert set(found.values()) == {""}
    assert set(found) == (set(VECTORS[name]["files"]) if root.is_dir() else {""})


@pytest.mark.parametrize("name", GOOD)
def test_and_does_not_after_a_change(name: str, tmp_path: Path) -> None:
    root, signature, trust = placed(VECTORS[name], tmp_path)
    (tmp_path / "small-model" / "model.bin").write_bytes(b"weights of a small m0del")
    assert [rule for rule in outcome(root, signature, trust).values() if rule] == ["signature-file-changed"]


def test_blake3_is_verified_where_its_library_is(tmp_path: Path) -> None:
    root, signature, trust = placed(VECTORS["blake3"], tmp_path)
    if importlib.util.find_spec("blake3") is None:
        with pytest.raises(Refused, match="the library for them is not installed"):
            outcome(root, signature, trust)
        return
    assert set(outcome(root, signature, trust).values()) == {""}
    (root / "model.bin").write_bytes(b"weights of a small m0del")
    assert outcome(root, signature, trust)["model.bin"] == "signature-file-changed"


@pytest.mark.parametrize("shard", [0, 7])
def test_there_and_back_with_the_reference(shard: int, tmp_path: Path) -> None:
    pytest.importorskip("model_signing", reason="the reference implementation is not installed")
    hashing, signing = (importlib.import_module(f"model_signing.{name}") for name in ("hashing", "signing"))
    key = ec.generate_private_key(ec.SECP384R1())
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "public.pem").write_bytes(pem_key(key))
    root = write(tmp_path / "model", FILES)
    how = hashing.Config()
    how = how.use_shard_serialization(shard_size=shard) if shard else how.use_file_serialization()
    signer = signing.Config().use_elliptic_key_signer(private_key=tmp_path / "key.pem").set_hashing_config(how)
    signer.sign(root, tmp_path / "model.sig")
    trust = Trust(key=tmp_path / "public.pem", at=AT)
    assert outcome(root, tmp_path / "model.sig", trust) == dict.fromkeys(FILES, "")

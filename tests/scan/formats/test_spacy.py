"""spaCy pipelines: names of the library are fine, those of others are told, data beside it is accounted for."""

from __future__ import annotations

from tests.scan.artefacts.support import fired, scan

CONFIG = '[nlp]\nlang = "de"\npipeline = ["ner"]\n[nlp.tokenizer]\n@tokenizers = "spacy.Tokenizer.v1"\n'


def test_a_pipeline_with_its_data_is_safe() -> None:
    found = scan(
        {"m/config.cfg": CONFIG, "m/tokenizer": b"\x81\xa1a\x01", "m/vocab/key2row": b"\x80", "x": b"\x80\x01"}
    )
    assert [one.path for one in found.passed] == ["x"]
    assert all(not one.findings for one in found.artefacts)
    assert found.artefacts[0].facts["language"] == ["de"]


def test_code_of_others_is_told() -> None:
    found = scan({"config.cfg": CONFIG + '[components.x]\n@architectures = "acme.steal.v1"\n'})
    assert fired(found.artefacts[0]) <= {"repository-target-unknown"}
    found = scan({"config.cfg": CONFIG + '[components.x]\n@architectures = "acme-steal"\n'})
    assert fired(found.artefacts[0]) == {"repository-target-unknown"}

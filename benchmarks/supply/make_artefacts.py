"""Writes artefacts with the real libraries, as their users would: what a scanner must not call dangerous.

Usage: make_artefacts.py FOLDER. Runs in an environment with the libraries of `requirements/artefacts.txt`; a library
that is missing is left out, and said to be. Everything is small, seeded, and made here: no download.
"""

# The libraries have no types here, and this program runs where nothing of Bartizan is installed.
# mypy: ignore-errors

from __future__ import annotations

import importlib
import io
import os
import pickle
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import more_artefacts

MAKERS: list[tuple[str, Callable]] = list(more_artefacts.MAKERS)


def maker(*needs: str):
    """Register what makes artefacts, with the libraries it needs."""

    def add(function: Callable) -> Callable:
        MAKERS.append((" ".join(needs), function))
        return function

    return add


def main(arguments: list[str]) -> int:
    """Make all of it."""
    folder = Path(arguments[0])
    warnings.simplefilter("ignore")
    os.environ["KERAS_BACKEND"] = "torch"
    for needs, make in MAKERS:
        missing = [name for name in needs.split() if not there(name)]
        if missing:
            print(f"{make.__name__}: without {', '.join(missing)}, left out")
            continue
        target = folder / make.__name__
        target.mkdir(parents=True, exist_ok=True)
        made = failed = 0
        for name, write in make():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                write(path)
                made += 1
            except Exception as error:  # noqa: BLE001 - estimators differ in what they can do; what fails is not an artefact
                path.unlink(missing_ok=True)
                failed += 1
                if "-v" in arguments:
                    print(f"  {name}: {type(error).__name__}: {str(error)[:80]}")
        print(f"{make.__name__}: {made} artefacts" + (f", {failed} could not be made" if failed else ""))
    return 0


def there(name: str) -> bool:
    """Tell whether a library can be imported."""
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def dumped(value, protocol: int = 4):
    """Write a pickle."""
    return lambda path: path.write_bytes(pickle.dumps(value, protocol=protocol))


# --- tables and estimators -------------------------------------------------------------------------------------------


def data():
    import numpy as np

    rng = np.random.default_rng(7)
    return rng.random((40, 4)), rng.integers(0, 2, 40)


@maker("sklearn", "joblib")
def estimators():
    import joblib
    from sklearn.utils import all_estimators

    features, target = data()
    for name, kind in all_estimators():
        try:
            fitted = kind().fit(features, target)
        except Exception:  # noqa: BLE001, S112 - many need arguments or other data
            continue
        yield f"{name}.pkl", dumped(fitted, 5)
        yield f"{name}.joblib", lambda path, fitted=fitted: joblib.dump(fitted, path)


@maker("sklearn", "joblib")
def pipelines():
    import joblib
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import RandomForestClassifier, StackingClassifier, VotingClassifier
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.linear_model import LogisticRegression, SGDClassifier
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import FeatureUnion, Pipeline
    from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

    features, target = data()
    texts = [f"word{number} and word{number % 3}" for number in range(40)]
    made = {
        "scaled": Pipeline([("scale", StandardScaler()), ("model", LogisticRegression())]).fit(features, target),
        "columns": Pipeline(
            [
                ("prepare", ColumnTransformer([("a", StandardScaler(), [0, 1]), ("b", OneHotEncoder(), [2])])),
                ("model", LogisticRegression()),
            ]
        ).fit((features * 3).round(), target),
        "search": GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(features, target),
        "voting": VotingClassifier([("a", LogisticRegression()), ("b", SGDClassifier())]).fit(features, target),
        "stacking": StackingClassifier([("a", LogisticRegression()), ("b", RandomForestClassifier(5))]).fit(
            features, target
        ),
        "union": FeatureUnion([("a", StandardScaler()), ("b", MinMaxScaler())]).fit(features),
        "text": Pipeline([("words", TfidfVectorizer()), ("model", SGDClassifier())]).fit(texts, target),
        "counts": CountVectorizer(ngram_range=(1, 2)).fit(texts),
    }
    for name, fitted in made.items():
        for protocol in range(6):
            yield f"{name}-{protocol}.pkl", dumped(fitted, protocol)
        for compress in (0, 3, ("zlib", 3), ("gzip", 3), ("bz2", 3), ("xz", 3), ("lzma", 3), ("lz4", 1)):
            kind = compress if isinstance(compress, int) else compress[0]
            yield (
                f"{name}-{kind}.joblib",
                lambda path, fitted=fitted, compress=compress: joblib.dump(fitted, path, compress=compress),
            )


@maker("skops", "sklearn")
def skops_files():
    import skops.io
    from sklearn.utils import all_estimators

    features, target = data()
    for name, kind in all_estimators()[::3]:
        try:
            fitted = kind().fit(features, target)
        except Exception:  # noqa: BLE001, S112 - as above
            continue
        yield f"{name}.skops", lambda path, fitted=fitted: skops.io.dump(fitted, path)


@maker("numpy")
def arrays():
    import numpy as np

    kinds = ["?", "i1", "u2", "i4", "<i8", ">i4", "f2", "f4", "f8", "c8", "S5", "U5", "M8[s]", "m8[ns]", "V4"]
    for kind in kinds:
        array = np.zeros((3, 2), kind)
        name = kind.strip("<>").replace("[", "-").replace("]", "").replace("?", "bool")
        yield f"{name}.npy", lambda path, array=array: np.save(path, array)
        yield f"{name}.pkl", dumped(array)
    record = np.zeros(4, [("a", "i4"), ("b", "f8", (2,)), ("c", "U3")])
    yield "record.npy", lambda path: np.save(path, record)
    yield "record.pkl", dumped(record, 2)
    yield "fortran.npy", lambda path: np.save(path, np.asfortranarray(np.ones((3, 4))))
    yield "plain.npz", lambda path: np.savez(path, a=np.ones(3), b=np.zeros(2))
    yield "squeezed.npz", lambda path: np.savez_compressed(path, a=np.ones(300))
    objects = np.array([{"a": 1}, [1, 2], "x", None], dtype=object)
    yield "objects.npy", lambda path: np.save(path, objects, allow_pickle=True)
    yield "objects.pkl", dumped(objects)
    yield "random.pkl", dumped(np.random.default_rng(3))
    yield "state.pkl", dumped(np.random.RandomState(3))
    yield "scalar.pkl", dumped({"a": np.float32(1.5), "b": np.int64(3), "c": np.datetime64("2020-01-01")})
    yield "masked.pkl", dumped(np.ma.masked_array([1, 2, 3], [0, 1, 0]))
    yield "big-endian-2.pkl", dumped(np.arange(5, dtype=">f4"), 2)
    yield "ufunc.pkl", dumped(np.add)


@maker("scipy")
def sparse():
    import numpy as np
    import scipy.interpolate
    import scipy.sparse
    import scipy.spatial
    import scipy.stats

    matrix = scipy.sparse.random(10, 10, 0.3, random_state=3)
    for kind in ("csr", "csc", "coo", "dok", "lil", "bsr", "dia"):
        yield f"{kind}.pkl", dumped(matrix.asformat(kind))
    yield "csr.npz", lambda path: scipy.sparse.save_npz(path, matrix.tocsr())
    yield "tree.pkl", dumped(scipy.spatial.KDTree(np.random.default_rng(1).random((20, 2))))
    yield "spline.pkl", dumped(scipy.interpolate.CubicSpline([0, 1, 2], [0, 1, 4]))
    yield "frozen.pkl", dumped(scipy.stats.norm(1, 2))


@maker("pandas")
def frames():
    import numpy as np
    import pandas as pd

    table = pd.DataFrame(
        {
            "a": range(5),
            "b": list("abcde"),
            "c": np.linspace(0, 1, 5),
            "d": pd.date_range("2024-01-01", periods=5, tz="UTC"),
            "e": pd.Categorical(list("xxyyz")),
            "f": pd.array([1, None, 3, 4, 5], "Int64"),
            "g": pd.array(["a", None, "c", "d", "e"], "string"),
        }
    )
    for protocol in range(2, 6):
        yield f"frame-{protocol}.pkl", dumped(table, protocol)
    yield "indexed.pkl", dumped(table.set_index(["a", "b"]))
    yield "series.pkl", dumped(table["c"])
    yield "periods.pkl", dumped(pd.Series(range(3), index=pd.period_range("2024", periods=3, freq="M")))
    yield "intervals.pkl", dumped(pd.cut(table["c"], 3))
    yield "grouped.pkl", dumped({"x": table.groupby("e", observed=True)["c"].mean()})
    yield "frame.pkl.gz", table.to_pickle
    yield "frame.pkl.xz", table.to_pickle


@maker("sklearn")
def plain():
    import argparse
    import collections
    import datetime
    import decimal
    import enum
    import fractions
    import functools
    import operator
    import pathlib
    import re
    import types
    import uuid

    import numpy as np

    values = {
        "nested": {"a": [1, 2.5, "x", b"y", None, True], "b": ({1, 2}, frozenset({3}), bytearray(b"z"))},
        "collections": [
            collections.OrderedDict(a=1),
            collections.Counter("abca"),
            collections.deque([1, 2], 5),
            collections.defaultdict(list, a=[1]),
            collections.defaultdict(int, a=1),
        ],
        "times": [
            datetime.datetime(2024, 1, 2, 3, 4, 5, 6, datetime.UTC),
            datetime.date(2024, 1, 2),
            datetime.time(1, 2),
            datetime.timedelta(3),
            datetime.timezone(datetime.timedelta(hours=2)),
        ],
        "numbers": [
            decimal.Decimal("1.5"),
            fractions.Fraction(1, 3),
            complex(1, 2),
            2**200,
            -(2**70),
            range(3),
            slice(1),
        ],
        "things": [uuid.UUID(int=5), pathlib.PurePosixPath("a/b"), re.compile("a+", re.I), types.SimpleNamespace(a=1)],
        "arguments": argparse.Namespace(lr=0.1, layers=[1, 2]),
        "partial": functools.partial(np.sum, axis=0),
        "getter": operator.itemgetter("a", 1),
        "attribute": operator.attrgetter("shape"),
        "functions": [np.mean, np.float32, int, str, list, len, max],
        "signal": re.RegexFlag.IGNORECASE,
        "joined": str.join,
        "error": ValueError("x"),
        "enumerated": enum.Enum("Kind", "A B"),
    }
    for name, value in values.items():
        for protocol in range(6):
            yield f"{name}-{protocol}.pkl", dumped(value, protocol)


# --- boosted trees ---------------------------------------------------------------------------------------------------


@maker("xgboost")
def boosters():
    import xgboost

    features, target = data()
    booster = xgboost.train({"max_depth": 2}, xgboost.DMatrix(features, target), 3)
    for suffix in ("json", "ubj"):
        yield f"booster.{suffix}", booster.save_model
    yield "booster.pkl", dumped(booster)
    yield "classifier.pkl", dumped(xgboost.XGBClassifier(n_estimators=3, max_depth=2).fit(features, target))


@maker("lightgbm")
def light():
    import lightgbm

    features, target = data()
    model = lightgbm.LGBMClassifier(n_estimators=3, min_child_samples=2, verbose=-1).fit(features, target)
    yield "booster.txt", model.booster_.save_model
    yield "classifier.pkl", dumped(model)
    yield "booster.pkl", dumped(model.booster_)


@maker("catboost")
def cats():
    import catboost

    features, target = data()
    model = catboost.CatBoostClassifier(iterations=3, depth=2, verbose=0, allow_writing_files=False).fit(
        features, target
    )
    for suffix in ("cbm", "json", "onnx", "coreml"):
        kind = suffix if suffix != "coreml" else "coreml"
        yield f"model.{suffix}", lambda path, kind=kind: model.save_model(str(path), format=kind)
    yield "model.pkl", dumped(model)


# --- torch -----------------------------------------------------------------------------------------------------------


def modules():
    import torch
    from torch import nn

    torch.manual_seed(1)
    yield "linear", nn.Linear(3, 2)
    yield "stack", nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.1), nn.BatchNorm1d(8), nn.Linear(8, 2))
    yield "images", nn.Sequential(nn.Conv2d(3, 4, 3), nn.MaxPool2d(2), nn.Flatten(), nn.LazyLinear(2))
    yield "recurrent", nn.LSTM(3, 4, 2, bidirectional=True)
    yield "attention", nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2)
    yield "words", nn.Embedding(10, 4)
    yield "lists", nn.ModuleList([nn.Linear(2, 2), nn.GELU(), nn.LayerNorm(2)])
    yield "named", nn.ModuleDict({"a": nn.Linear(2, 2), "b": nn.Identity()})


@maker("torch")
def torch_files():
    import torch

    for name, module in modules():
        yield f"{name}-state.pt", lambda path, module=module: torch.save(module.state_dict(), path)
        yield f"{name}-whole.pt", lambda path, module=module: torch.save(module, path)
        yield (
            f"{name}-legacy.pt",
            lambda path, module=module: torch.save(module.state_dict(), path, _use_new_zipfile_serialization=False),
        )
        yield (
            f"{name}-whole-legacy.pth",
            lambda path, module=module: torch.save(module, path, _use_new_zipfile_serialization=False),
        )
        yield f"{name}-state.bin", lambda path, module=module: torch.save(module.state_dict(), path, pickle_protocol=4)
    kinds = [torch.float16, torch.bfloat16, torch.float64, torch.int8, torch.bool, torch.complex64, torch.float8_e4m3fn]
    for kind in kinds:
        name = str(kind).removeprefix("torch.")
        yield f"{name}.pt", lambda path, kind=kind: torch.save(torch.zeros(3, 2).to(kind), path)
    yield "sparse.pt", lambda path: torch.save(torch.eye(3).to_sparse(), path)
    yield "csr.pt", lambda path: torch.save(torch.eye(3).to_sparse_csr(), path)
    yield "quantised.pt", lambda path: torch.save(torch.quantize_per_tensor(torch.ones(3), 0.1, 2, torch.qint8), path)
    yield "views.pt", lambda path: torch.save({"a": torch.arange(9.0)[2:5], "b": torch.ones(2, 3).T}, path)
    yield "meta.pt", lambda path: torch.save(torch.empty(3, device="meta"), path)


@maker("torch")
def checkpoints():
    import argparse
    import collections

    import torch

    for kind in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad"):
        model = torch.nn.Linear(3, 2)
        optimiser = getattr(torch.optim, kind)(model.parameters(), lr=0.1)
        model(torch.ones(1, 3)).sum().backward()
        optimiser.step()
        schedule = torch.optim.lr_scheduler.StepLR(optimiser, 5)
        full = {
            "epoch": 3,
            "model": model.state_dict(),
            "optimizer": optimiser.state_dict(),
            "scheduler": schedule.state_dict(),
            "rng": torch.get_rng_state(),
            "args": argparse.Namespace(lr=0.1, name="run"),
            "best": collections.OrderedDict(loss=0.5),
        }
        yield f"{kind}.ckpt", lambda path, full=full: torch.save(full, path)
        yield f"{kind}-optimiser.pt", lambda path, optimiser=optimiser: torch.save(optimiser.state_dict(), path)


@maker("torch")
def scripted():
    import torch

    for name, module in modules():
        if name in ("lists", "named", "images"):
            continue
        shape = {"linear": (2, 3), "stack": (2, 4), "recurrent": (5, 1, 3), "attention": (5, 1, 8)}.get(name)
        given = torch.ones(*shape) if shape else torch.tensor([1, 2])
        module.eval()
        yield f"{name}-traced.pt", lambda path, m=module, g=given: torch.jit.trace(m, g).save(str(path))
        yield f"{name}-scripted.pt", lambda path, m=module: torch.jit.script(m).save(str(path))


@maker("torch", "safetensors")
def tensors():
    from safetensors.torch import save_file

    for name, module in modules():
        if name != "images":
            yield (
                f"{name}.safetensors",
                lambda path, module=module: save_file(module.state_dict(), path, metadata={"format": "pt"}),
            )


# --- other formats ---------------------------------------------------------------------------------------------------


@maker("onnx")
def onnx_files():
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    def graph(operation: str):
        value = helper.make_tensor_value_info
        weight = numpy_helper.from_array(np.ones((2, 2), np.float32), "w")
        node = helper.make_node(operation, ["x", "w"], ["y"])
        made = helper.make_graph(
            [node], "g", [value("x", TensorProto.FLOAT, [2, 2])], [value("y", TensorProto.FLOAT, [2, 2])], [weight]
        )
        return helper.make_model(made, producer_name="test")

    for operation in ("MatMul", "Add", "Mul", "Gemm"):
        yield f"{operation}.onnx", lambda path, operation=operation: onnx.save(graph(operation), path)
    yield (
        "external.onnx",
        lambda path: onnx.save(
            graph("MatMul"), path, save_as_external_data=True, location="external.data", size_threshold=0
        ),
    )


@maker("gguf")
def gguf_files():
    import gguf
    import numpy as np

    def write(path: Path, template: str = "") -> None:
        writer = gguf.GGUFWriter(path, "llama")
        writer.add_block_count(2)
        writer.add_context_length(512)
        writer.add_tokenizer_model("gpt2")
        writer.add_token_list(["a", "b", "c"])
        if template:
            writer.add_chat_template(template)
        writer.add_tensor("w", np.ones((4, 4), np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()

    yield "plain.gguf", write
    yield (
        "chat.gguf",
        lambda path: write(path, "{% for m in messages %}{{ m['role'] + ': ' + m['content'] }}\n{% endfor %}"),
    )


@maker("h5py")
def hdf5():
    import h5py
    import numpy as np

    def write(path: Path, **options: object) -> None:
        with h5py.File(path, "w", **options) as file:
            group = file.create_group("layer/dense")
            group.create_dataset("kernel", data=np.ones((3, 2)))
            group.create_dataset("squeezed", data=np.ones(1000), compression="gzip", chunks=(100,))
            file.attrs["name"] = "model"
            file.attrs["numbers"] = [1, 2, 3]

    yield "old.h5", write
    yield "new.h5", lambda path: write(path, libver="latest")


@maker("keras", "torch", "h5py")
def keras_files():
    import keras

    def dense():
        layers = [keras.layers.Dense(4, activation="relu"), keras.layers.Dropout(0.1), keras.layers.Dense(1)]
        return keras.Sequential([keras.Input((3,)), *layers])

    def functional():
        given = keras.Input((8, 8, 3))
        inner = keras.layers.Conv2D(2, 3, activation="swish")(given)
        inner = keras.layers.BatchNormalization()(inner)
        inner = keras.layers.GlobalAveragePooling2D()(inner)
        return keras.Model(given, keras.layers.Dense(2, activation="softmax")(inner))

    def text():
        given = keras.Input((6,), dtype="int32")
        inner = keras.layers.Embedding(10, 4)(given)
        inner = keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True))(inner)
        inner = keras.layers.MultiHeadAttention(2, 4)(inner, inner)
        return keras.Model(given, keras.layers.Dense(1)(keras.layers.Flatten()(inner)))

    for name, make in (("dense", dense), ("functional", functional), ("text", text)):
        yield f"{name}.keras", lambda path, make=make: make().save(path)
        yield f"{name}.h5", lambda path, make=make: make().save(path)
        yield f"{name}.weights.h5", lambda path, make=make: make().save_weights(path)
        yield f"{name}.json", lambda path, make=make: path.write_text(make().to_json())
    compiled = dense()
    compiled.compile("adam", "mse", metrics=["mae"])
    yield "compiled.keras", compiled.save
    yield "compiled.h5", compiled.save


@maker("transformers", "tokenizers", "torch")
def transformers_repositories():
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers

    def write(path: Path, config, kind) -> None:
        model = kind(config)
        model.save_pretrained(path)
        inner = Tokenizer(models.WordLevel({"a": 0, "b": 1, "[UNK]": 2}, unk_token="[UNK]"))
        inner.pre_tokenizer = pre_tokenizers.Whitespace()
        tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="[UNK]")
        tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }}{% endfor %}"
        tokenizer.save_pretrained(path)
        (path / "README.md").write_text("---\nlicense: apache-2.0\nlibrary_name: transformers\n---\n# A model\n")

    small = {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 16,
        "vocab_size": 8,
    }
    for name, config, kind in (
        ("bert", "BertConfig", "BertModel"),
        ("llama", "LlamaConfig", "LlamaForCausalLM"),
        ("qwen", "Qwen2Config", "Qwen2ForCausalLM"),
    ):
        yield (
            name,
            lambda path, config=config, kind=kind: write(
                path, getattr(transformers, config)(**small), getattr(transformers, kind)
            ),
        )
    yield (
        "arguments/training_args.bin",
        lambda path: __import__("torch").save(transformers.TrainingArguments(output_dir="out", use_cpu=True), path),
    )


@maker("gensim")
def gensim_models():
    import gensim

    texts = [["a", "b", "c"], ["a", "c", "d"], ["b", "d"]] * 5
    vectors = gensim.models.Word2Vec(texts, vector_size=4, min_count=1, seed=1, workers=1)
    yield "words.model", lambda path: vectors.save(str(path))
    words = gensim.corpora.Dictionary(texts)
    yield "dictionary.pkl", lambda path: words.save(str(path))
    topics = gensim.models.LdaModel([words.doc2bow(text) for text in texts], num_topics=2, id2word=words)
    yield "topics.model", lambda path: topics.save(str(path))


@maker("statsmodels")
def statistics():
    import numpy as np
    import statsmodels.api as sm

    features, target = data()
    fitted = sm.OLS(target, sm.add_constant(features)).fit()
    yield "ols.pkl", lambda path: fitted.save(str(path))
    yield "glm.pkl", dumped(sm.GLM(target, np.ones((40, 1)), family=sm.families.Binomial()).fit())


@maker("spacy")
def spacy_models():
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    yield "blank", nlp.to_disk
    yield "tokenizer.pkl", dumped(nlp.vocab.strings)


@maker("coremltools", "torch")
def core():
    import coremltools
    import torch

    traced = torch.jit.trace(torch.nn.Linear(3, 2).eval(), torch.ones(1, 3))
    given = [coremltools.TensorType(shape=(1, 3))]
    old = lambda: coremltools.convert(traced, inputs=given, convert_to="neuralnetwork")  # noqa: E731
    new = lambda: coremltools.convert(traced, inputs=given, convert_to="mlprogram")  # noqa: E731
    yield "linear.mlmodel", lambda path: old().save(str(path))
    yield "linear.mlpackage", lambda path: new().save(str(path))


@maker("openvino", "torch")
def openvino_files():
    import openvino
    import torch

    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU())
    yield (
        "linear.xml",
        lambda path: openvino.save_model(openvino.convert_model(model, example_input=torch.ones(1, 3)), str(path)),
    )


@maker("dill", "cloudpickle")
def functions():
    import cloudpickle
    import dill

    yield "values.dill", lambda path: path.write_bytes(dill.dumps({"a": [1, 2], "b": io.BytesIO().getvalue()}))
    yield "values.cloudpickle", lambda path: path.write_bytes(cloudpickle.dumps({"a": [1, 2]}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

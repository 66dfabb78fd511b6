"""Names of frameworks: read from the catalog, without what models don't need."""

from __future__ import annotations

import pytest

from bartizan.scan.graphs import tensorflow
from bartizan.scan.graphs.names import names_of


@pytest.mark.parametrize("framework", ["tensorflow", "keras"])
def test_names_are_names(framework: str) -> None:
    names = names_of(framework)
    assert len(names) > 1000
    assert all(name.replace(">", "_").isidentifier() for name in names)


def test_operators_that_are_watched_are_operators() -> None:
    watched = {*tensorflow.PYTHON, *tensorflow.WRITES, *tensorflow.SAVES, *tensorflow.RESTORES, *tensorflow.READS}
    assert watched | tensorflow.URLS.keys() <= names_of("tensorflow")


def test_loaders_are_no_parts_of_models() -> None:
    assert not {"load_model", "get_file", "deserialize", "model_from_json"} & names_of("keras")
    assert {"Dense", "LSTM", "relu", "Adam", "GlorotUniform", "Functional"} <= names_of("keras")

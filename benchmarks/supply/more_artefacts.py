"""Artefacts of libraries around the large ones; make_artefacts.py makes them where the libraries are there."""

# The libraries have no types here, and this program runs where nothing of Bartizan is installed.
# mypy: ignore-errors

from __future__ import annotations

import pickle


def dumped(value, protocol: int = 4):
    """Write a pickle."""
    return lambda path: path.write_bytes(pickle.dumps(value, protocol=protocol))


def data():
    import numpy as np

    features = np.random.default_rng(7).random((60, 4))
    return features, (features[:, 0] > 0.7).astype(int)


def imbalanced():
    from imblearn.ensemble import BalancedRandomForestClassifier, EasyEnsembleClassifier
    from imblearn.over_sampling import SMOTE
    from imblearn.pipeline import Pipeline
    from sklearn.linear_model import LogisticRegression

    features, target = data()
    for made in (BalancedRandomForestClassifier(3), EasyEnsembleClassifier(3)):
        yield f"{type(made).__name__}.pkl", dumped(made.fit(features, target))
    steps = [("sample", SMOTE()), ("model", LogisticRegression())]
    yield "pipeline.pkl", dumped(Pipeline(steps).fit(features, target))


def encoders():
    import category_encoders
    import pandas as pd

    features, target = data()
    table = pd.DataFrame({"a": list("abc") * 20, "b": features[:, 1]})
    for name in ("TargetEncoder", "OrdinalEncoder", "HashingEncoder", "CatBoostEncoder", "WOEEncoder"):
        yield f"{name}.pkl", dumped(getattr(category_encoders, name)().fit(table, target))


def streams():
    from river import drift, forest, linear_model, naive_bayes, preprocessing

    for made in (
        preprocessing.StandardScaler() | linear_model.LogisticRegression(),
        forest.ARFClassifier(2),
        naive_bayes.GaussianNB(),
    ):
        made.learn_one({"a": 1.0}, True)
        yield f"{type(made).__name__}.pkl", dumped(made)
    yield "drift.pkl", dumped(drift.ADWIN())


def wrapped_networks():
    import skorch
    from torch import nn

    features, target = data()
    net = skorch.NeuralNetClassifier(nn.Sequential(nn.Linear(4, 2), nn.Softmax(-1)), max_epochs=2, verbose=0)
    net.fit(features.astype("f4"), target)
    yield "net.pkl", dumped(net)
    yield "parameters.pt", lambda path: net.save_params(f_params=path)
    yield "module.pkl", dumped(nn.LSTM(3, 4))


def vision():
    import timm
    import torch

    for name in ("resnet18", "convnext_atto", "vit_tiny_patch16_224"):
        model = timm.create_model(name, pretrained=False, num_classes=3)
        yield f"{name}.pth", lambda path, model=model: torch.save(model, path)


def policies():
    import stable_baselines3

    for kind, world in (("PPO", "CartPole-v1"), ("DQN", "CartPole-v1"), ("SAC", "Pendulum-v1")):
        agent = getattr(stable_baselines3, kind)("MlpPolicy", world)
        yield f"{kind}.zip", agent.save
        yield f"{kind}-policy.pt", agent.policy.save


def language():
    import nltk

    tagged = [[("a", "DT"), ("dog", "NN")], [("the", "DT"), ("cat", "NN")]]
    yield "tagger.pkl", dumped(nltk.BigramTagger(tagged, backoff=nltk.DefaultTagger("NN")))
    yield "bayes.pkl", dumped(nltk.NaiveBayesClassifier.train([({"a": 1}, "x"), ({"a": 2}, "y")]))
    yield "stemmer.pkl", dumped(nltk.PorterStemmer())


def adapters():
    import peft
    import torch
    import transformers

    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    model = transformers.BertModel(transformers.BertConfig(vocab_size=8, **sizes))
    adapted = peft.get_peft_model(model, peft.LoraConfig(r=2, target_modules=["query"]))
    yield "adapter_model.bin", lambda path: torch.save(peft.get_peft_model_state_dict(adapted), path)
    yield "whole.pt", lambda path: torch.save(adapted, path)


MAKERS = [
    ("imblearn sklearn", imbalanced), ("category_encoders pandas", encoders), ("river", streams),
    ("skorch torch", wrapped_networks), ("timm torch", vision), ("stable_baselines3", policies), ("nltk", language),
    ("peft transformers torch", adapters),
]  # fmt: skip

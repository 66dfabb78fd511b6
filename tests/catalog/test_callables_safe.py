"""What is called safe can't be turned into harm: families of abuse of callables that are safe in their own use."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.catalog.callables import load_callables
from tests.scan.pickles.support import judged

REGISTER = load_callables()
HARMFUL = [
    "os system", "subprocess Popen", "builtins eval", "importlib import_module", "builtins open", "socket socket",
    "types CodeType", "pickle loads", "sys exit", "shutil rmtree", "runpy run_path",
]  # fmt: skip
UNKNOWN = ["mine run", "their.package Class"]
CALL_OS = ["UNICODE os", "UNICODE system"]

HOLDERS = {
    "partial": ["GLOBAL functools partial", "{}", "UNICODE id", "TUPLE2", "REDUCE"],
    "partial of a partial": [
        "GLOBAL functools partial", "GLOBAL functools partial", "{}", "TUPLE1", "REDUCE", "TUPLE1", "REDUCE",
    ],
    "vectorized": ["GLOBAL numpy vectorize", "{}", "TUPLE1", "REDUCE"],
    "an error": ["GLOBAL subprocess CalledProcessError", "INT 1", "{}", "TUPLE2", "REDUCE"],
    "factory": ["GLOBAL collections defaultdict", "{}", "TUPLE1", "REDUCE"],
    "bit generator": [
        "GLOBAL numpy.random._pickle __generator_ctor", "UNICODE id", "{}", "TUPLE2", "REDUCE",
    ],
    "rebuilt tensor": [
        "GLOBAL torch._tensor _rebuild_from_type_v2", "MARK", "{}", "GLOBAL torch Tensor", "UNICODE id", "TUPLE1",
        "NONE", "TUPLE", "REDUCE",
    ],
    "rebuilt array": [
        "GLOBAL jax._src.array _reconstruct_array", "MARK", "{}", "UNICODE id", "TUPLE1", "NONE", "NONE", "TUPLE",
        "REDUCE",
    ],
    "made by its class": [
        "GLOBAL copyreg _reconstructor", "MARK", "{}", "GLOBAL builtins object", "NONE", "TUPLE", "REDUCE",
    ],
    "base of a class": [
        "GLOBAL copyreg _reconstructor", "MARK", "GLOBAL argparse Namespace", "{}", "UNICODE id", "TUPLE", "REDUCE",
    ],
    "object array": [
        "GLOBAL numpy.core.multiarray _reconstruct", "{}", "INT 0", "TUPLE1", "BINBYTES b", "TUPLE3", "REDUCE",
    ],
    "index": ["GLOBAL pandas.core.indexes.base _new_Index", "{}", "EMPTY_DICT", "TUPLE2", "REDUCE"],
    "pure Cython": ["GLOBAL sklearn._loss._loss __pyx_unpickle_CyLoss", "{}", "INT 1", "NONE", "TUPLE3", "REDUCE"],
    "state": [
        "GLOBAL sklearn.preprocessing._function_transformer FunctionTransformer", "EMPTY_TUPLE", "NEWOBJ",
        "EMPTY_DICT", "UNICODE func", "{}", "SETITEM", "BUILD",
    ],
    "state of a partial": [
        "GLOBAL functools partial", "GLOBAL builtins len", "TUPLE1", "REDUCE", "MARK", "{}", "EMPTY_TUPLE",
        "EMPTY_DICT", "NONE", "TUPLE", "BUILD",
    ],
    "items": ["GLOBAL collections OrderedDict", "EMPTY_TUPLE", "REDUCE", "UNICODE a", "{}", "SETITEM"],
    "class by source": [
        "MARK", "UNICODE module", "{}", "UNICODE a.py", "UNICODE x", "TUPLE", "BINPERSID", "EMPTY_TUPLE", "NEWOBJ",
    ],
}  # fmt: skip
"""Safe callables that take something else: what they take is judged all the same."""


@pytest.mark.parametrize("held", HARMFUL + UNKNOWN)
@pytest.mark.parametrize("holder", HOLDERS)
def test_what_a_safe_callable_takes_is_judged(holder: str, held: str) -> None:
    program = [line.format(f"GLOBAL {held}") for line in HOLDERS[holder]]
    assert judged("PROTO 2", *program, "STOP") != []


ABUSES = {
    "a ufunc that is none": (
        ["GLOBAL numpy.core _ufunc_reconstruct", *CALL_OS, "TUPLE2", "REDUCE", "UNICODE id", "TUPLE1", "REDUCE"],
        "pickle-executes",
    ),
    "a ufunc that is only named": (
        ["GLOBAL numpy._core _ufunc_reconstruct", *CALL_OS, "TUPLE2", "REDUCE"], "pickle-executes",
    ),
    "a function of the tensors is not one": (
        ["GLOBAL torch._tensor _rebuild_from_type_v2", "MARK", "GLOBAL numpy mean", "GLOBAL torch Tensor", "UNICODE id",
         "TUPLE1", "NONE", "TUPLE", "REDUCE"],
        "pickle-unknown-callable",
    ),
    "a distribution with a text that acts": (
        ["GLOBAL scipy.stats._continuous_distns norm_gen", "EMPTY_TUPLE", "NEWOBJ", "EMPTY_DICT",
         "UNICODE _parse_arg_template", "UNICODE import os", "SETITEM", "BUILD"],
        "pickle-executes",
    ),
    "a distribution whose function has a default that acts": (
        ["GLOBAL scipy.stats._discrete_distns binom_gen", "EMPTY_TUPLE", "NEWOBJ", "EMPTY_DICT",
         "UNICODE _parse_arg_template", "UNICODE def _parse_args(self,a=print(1)):return a", "SETITEM", "BUILD"],
        "pickle-executes",
    ),
    "an import that another module made": (
        ["GLOBAL sklearn.datasets._openml TemporaryDirectory", "EMPTY_TUPLE", "REDUCE"], "pickle-touches-files",
    ),
    "a thread that another module imported": (
        ["GLOBAL sklearn.callback._progressbar Thread", "EMPTY_TUPLE", "NEWOBJ"], "pickle-executes",
    ),
    "a process that another module imported": (
        ["GLOBAL gensim.models.ensemblelda Process", "EMPTY_TUPLE", "NEWOBJ"], "pickle-executes",
    ),
    "reduce, imported by another module": (["GLOBAL scipy.stats.contingency reduce"], "pickle-executes"),
    "a module that another module imported": (
        ["GLOBAL builtins getattr", "GLOBAL sklearn.datasets._openml tempfile", "UNICODE mkdtemp", "TUPLE2", "REDUCE"],
        "pickle-touches-files",
    ),
    "attributes by a module of another": (
        ["GLOBAL builtins getattr", "GLOBAL typing operator", "UNICODE methodcaller", "TUPLE2", "REDUCE"],
        "pickle-walks-attributes",
    ),
    "a state that connects": (
        ["GLOBAL sklearn.callback._scoring_monitor ScoringMonitor", "EMPTY_TUPLE", "NEWOBJ", "EMPTY_DICT", "BUILD"],
        "pickle-unknown-callable",
    ),
    "a state that loads a pickle": (
        ["GLOBAL stable_baselines3.common.vec_env.base_vec_env CloudpickleWrapper", "EMPTY_TUPLE", "NEWOBJ"],
        "pickle-loads-more",
    ),
    "a namespace that becomes another class": (
        ["GLOBAL types SimpleNamespace", "EMPTY_TUPLE", "REDUCE", "EMPTY_DICT", "UNICODE __class__", "NONE", "SETITEM",
         "BUILD"],
        "pickle-changes-code",
    ),
    "an estimator with a method of its own": (
        ["GLOBAL sklearn.svm._classes SVC", "EMPTY_TUPLE", "NEWOBJ", "EMPTY_DICT", "UNICODE __reduce__",
         "GLOBAL builtins len", "SETITEM", "BUILD"],
        "pickle-changes-code",
    ),
    "a list of what never ends": (
        ["GLOBAL builtins list", "GLOBAL itertools repeat", "INT 1", "TUPLE1", "REDUCE", "TUPLE1", "REDUCE"],
        "pickle-unknown-callable",
    ),
    "bytes of a length": (["GLOBAL builtins bytes", "INT 99999999999", "TUPLE1", "REDUCE"], "pickle-unknown-callable"),
    "a text that formats attributes": (
        ["GLOBAL builtins str.format", "UNICODE {0.__class__}", "INT 1", "TUPLE2", "REDUCE"], "pickle-walks-attributes",
    ),
    "getattr of a text": (
        ["GLOBAL builtins getattr", "UNICODE {0.__class__}", "UNICODE format", "TUPLE2", "REDUCE"],
        "pickle-unknown-callable",
    ),
    "methods by name": (
        ["GLOBAL operator methodcaller", "UNICODE run", "TUPLE1", "REDUCE", "NONE", "TUPLE1", "REDUCE"],
        "pickle-walks-attributes",
    ),
    "memory read as an array": (
        ["GLOBAL pyarrow.lib foreign_buffer", "INT 4096", "INT 9", "TUPLE2", "REDUCE"], "pickle-unknown-callable",
    ),
    "a file opened by a reader": (
        ["GLOBAL pyarrow.lib get_reader", "UNICODE /etc/passwd", "NONE", "TUPLE2", "REDUCE"], "pickle-unknown-callable",
    ),
    "a file read by the base's initialiser": (
        ["GLOBAL copyreg _reconstructor", "MARK", "GLOBAL gensim.corpora.mmcorpus MmCorpus",
         "GLOBAL gensim.corpora.mmcorpus MmCorpus", "UNICODE /etc/passwd", "TUPLE", "REDUCE"],
        "pickle-unknown-callable",
    ),
    "an extension of copyreg": (["GLOBAL copyreg add_extension"], "pickle-changes-interpreter"),
    "a formula": (["GLOBAL patsy.eval EvalFactor", "EMPTY_TUPLE", "NEWOBJ"], "pickle-executes"),
    "a storage that is a pickle": (
        ["GLOBAL torch.storage _load_from_bytes", "BINBYTES cos system", "TUPLE1", "REDUCE"], "pickle-loads-more",
    ),
}  # fmt: skip


@pytest.mark.parametrize("abuse", ABUSES)
def test_abuse_is_not_safe(abuse: str) -> None:
    program, rule = ABUSES[abuse]
    assert rule in [found for found, _ in judged("PROTO 2", *program, "STOP")]


@given(st.lists(st.sampled_from(sorted(HOLDERS)), min_size=1, max_size=5), st.sampled_from(HARMFUL))
@settings(max_examples=60, deadline=None)
def test_harm_stays_harm_below_any_number_of_holders(holders: list[str], held: str) -> None:
    """However deep a harmful name is held by what is safe alone, it is told."""
    made = [f"GLOBAL {held}"]
    for holder in holders:
        made = [part for line in HOLDERS[holder] for part in (made if line == "{}" else [line])]
    rules = {found for found, _ in judged("PROTO 2", *made, "STOP")}
    assert rules - {"pickle-unknown-callable", "pickle-persistent-id"}


@pytest.mark.parametrize(
    "path",
    [
        "code.Net", "platform.Model", "trace.Layer", "profile.UserProfile", "cmd.Command", "site.SiteModel",
        "platform.models.Net", "code.model.Net", "commands.Train",
    ],
)  # fmt: skip
def test_modules_of_people_that_are_named_like_the_librarys(path: str) -> None:
    """What the library's module does not hold comes from a module of somebody's own: unknown."""
    assert REGISTER.look_up(path) == (None, None)


@pytest.mark.parametrize(
    "path",
    [
        "code.interact", "code.InteractiveInterpreter", "code.InteractiveInterpreter.runcode", "platform.popen",
        "platform._syscmd_file", "trace.Trace", "profile.run", "cmd.Cmd", "site.addsitedir", "commands.getoutput",
        "threading.Thread", "threading.Timer", "optparse.Values.read_file", "optparse.Values.ensure_value",
        "warnings._getcategory", "dataclasses._hash_fn", "inspect.get_annotations", "gettext.dgettext", "shlex.shlex",
        "xml.etree.ElementTree.canonicalize", "scipy._lib._bunch._make_tuple_bunch", "scipy._lib.decorator.decorate",
        "scipy.optimize._nonlin._nonlin_wrapper", "statsmodels.tsa.x13.run_spec", "sklearn.datasets._base.load_descr",
        "sklearn.externals.array_api_compat._internal.clone_module", "sklearn.utils.discovery.all_estimators",
        "statsmodels.formula.formulatools.handle_formula_data", "patsy.highlevel.dmatrix",
    ],
)  # fmt: skip
def test_what_reaches_an_effect_is_harmful(path: str) -> None:
    assert REGISTER.look_up(path)[1] is not None

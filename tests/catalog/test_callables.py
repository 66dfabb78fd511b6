"""The callables: patterns mean what they say, what is harmful wins, and what is listed twice is listed once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bartizan.catalog.callables import Callables, Harmful, Register, Safe, expanded, load_callables
from bartizan.catalog.folder import packaged, read_folder
from bartizan.catalog.scan_rules import load_scan_rules
from bartizan.scan.pickles.named import RULES

REGISTER = load_callables()


def register(*, safe: list[Safe] | None = None, harmful: list[Harmful] | None = None) -> Register:
    return Register({"x": Callables(id="x", title="X", source="made up", safe=safe or [], harmful=harmful or [])})


def test_patterns() -> None:
    made = register(safe=[Safe(names=["a.*.[A-Z]*", "b.**.C", "d.{e,f}.g"])])
    for path, known in {
        "a.b.Class": True, "a.b.function": False, "a.b.c.Class": False, "b.x.y.C": True, "b.C": False, "d.e.g": True,
        "d.f.g": True,
        "d.h.g": False, "xa.b.Class": False, "d.e.g.h": False,
    }.items():  # fmt: skip
        assert (made.look_up(path)[0] is not None) is known, path


def test_alternatives_are_written_out() -> None:
    assert list(expanded(["{a,b}.{c,d}", "e"])) == ["a.c", "a.d", "b.c", "b.d", "e"]


def test_harm_wins_over_patterns_and_full_names_over_harm() -> None:
    made = register(
        safe=[Safe(names=["a.**.[A-Z]*"]), Safe(names=["a.b.Fine"])],
        harmful=[Harmful(effect="execution", names=["a.b.**"])],
    )
    assert made.look_up("a.b.Bad") == (None, Harmful(effect="execution", names=["a.b.**"]))
    assert made.look_up("a.b.Fine")[0] is not None
    assert made.exact("a.b.Fine")
    assert not made.exact("a.c.Fine")
    assert made.look_up("a.c.Good")[0] is not None
    assert made.look_up("z.z") == (None, None)


def test_the_pattern_with_the_most_uses_counts() -> None:
    made = register(safe=[Safe(names=["a.*"]), Safe(names=["a.b*"], uses=["new", "call"])])
    assert made.look_up("a.bc")[0] == Safe(names=["a.b*"], uses=["new", "call"])


def test_what_is_safe_with_some_arguments_only_is_harmful_where_nobody_looks_at_them() -> None:
    assert REGISTER.look_up("operator.methodcaller")[0] is not None
    safe, harm = REGISTER.with_any("operator.methodcaller")
    assert safe is None
    assert harm is not None
    assert harm.effect == "attributes"
    assert REGISTER.with_any("builtins.len") == REGISTER.look_up("builtins.len")


def test_answers_are_kept_and_bounded() -> None:
    made = register(safe=[Safe(names=["a.*"])])
    for number in range(10_050):
        assert made.look_up(f"a.x{number}")[0] is not None
    assert len(made._seen) < 10_001


def test_the_catalog_loads_from_its_cache_too(tmp_path: Path) -> None:
    first, second = load_callables(tmp_path), load_callables(tmp_path)
    assert first.look_up("os.system") == second.look_up("os.system")
    assert list(tmp_path.iterdir())


def test_every_effect_has_a_rule() -> None:
    rules = load_scan_rules()
    assert all(rule in rules for rule in RULES.values())


def test_no_name_is_safe_and_harmful_in_so_many_words() -> None:
    libraries = read_folder(packaged("callables"), Callables).values()
    safe = {name for one in libraries for entry in one.safe for name in expanded(entry.names) if "*" not in name}
    harm = {name for one in libraries for entry in one.harmful for name in expanded(entry.names) if "*" not in name}
    assert safe & harm == set()


@pytest.mark.parametrize("module", sorted(sys.stdlib_module_names))
def test_nothing_of_the_standard_library_is_callable_by_chance(module: str) -> None:
    """A name that nobody listed is unknown or harmful in every module."""
    safe, _ = REGISTER.look_up(f"{module}.something_that_nobody_listed")
    assert safe is None or not safe.uses


@pytest.mark.parametrize(
    "path",
    [
        "os.system", "posix.execv", "nt.system", "subprocess.run", "pty.spawn", "runpy.run_path", "code.interact",
        "timeit.timeit",
        "cProfile.run", "profile.run", "pdb.run", "bdb.Bdb", "trace.Trace", "doctest.testmod", "ctypes.CDLL",
        "asyncio.unix_events.x",
        "multiprocessing.util.spawnv_passfds", "concurrent.futures.ThreadPoolExecutor", "distutils.spawn.spawn",
        "pip.main",
        "importlib.import_module", "pkgutil.resolve_name", "pydoc.locate", "zipimport.zipimporter", "builtins.exec",
        "builtins.open",
        "io.open", "_io.FileIO", "shutil.move", "tempfile.mkdtemp", "fileinput.input", "codecs.open",
        "logging.FileHandler",
        "logging.config.dictConfig", "socket.socket", "ssl.get_server_certificate", "http.client.HTTPConnection",
        "urllib.request.urlopen",
        "ftplib.FTP", "smtplib.SMTP", "webbrowser.open", "xmlrpc.client.ServerProxy", "builtins.setattr",
        "operator.call",
        "marshal.loads", "types.FunctionType", "pickle.loads", "_pickle.Unpickler", "shelve.open", "sqlite3.connect",
        "dbm.open",
        "gc.get_objects", "sys.settrace", "signal.signal", "atexit.register", "threading.Thread",
        "_thread.start_new_thread",
        "uuid._get_command_stdout", "platform.popen", "_osx_support._read_output", "_pyrepl.pager.pipe_pager",
        "imaplib.IMAP4_stream",
        "numpy.f2py.crackfortran.getlincoef", "numpy.load", "torch.load", "torch.hub.load",
        "torch._inductor.codecache.compile_file",
        "joblib.load", "yaml.unsafe_load", "dill.loads", "pandas.read_pickle", "pandas.eval", "scipy.io.loadmat",
    ],
)  # fmt: skip
def test_what_acts_is_harmful(path: str) -> None:
    assert REGISTER.look_up(path)[1] is not None

"""Arguments are followed to where they do harm, and no further than a check."""

from __future__ import annotations

import pytest

from tests.scan.taint.support import rules_of, tool

SHELL, TOLD = "mcp-source-shell-argument", "mcp-source-runs-what-it-is-told"
OUT, OPEN = "mcp-source-path-argument", "mcp-source-open-argument"
QUERY, ADDRESS = "mcp-source-query-argument", "mcp-source-address-argument"


@pytest.mark.parametrize(
    "body",
    [
        'os.system(f"ping {text}")',
        'os.system("ping " + text)',
        'os.system("ping %s" % text)',
        'os.system("ping {}".format(text))',
        'os.system(" ".join(["ping", text]))',
        'command = "ping "\ncommand += text\nos.system(command)',
        'parts = ["ping"]\nparts.append(text)\nos.popen(" ".join(parts))',
        'subprocess.run("ping " + text.strip().lower(), shell=True)',
        'options = {"host": text}\nos.system(f"ping {options[\'host\']}")',
        'for one in text.split(","):\n    os.system("ping " + one)',
        'os.execv("/bin/sh", ["sh", "-c", "ping " + text])',
        'run = lambda one: os.system("ping " + one)\nrun(text)',
        "subprocess.getoutput(text)",
    ],
)
def test_a_shell_gets_an_argument(body: str) -> None:
    assert tool(body) == {SHELL}


@pytest.mark.parametrize(
    "body",
    [
        'subprocess.run(["ping", text])',
        'os.system("ping localhost")',
        'import shlex\nos.system("ping " + shlex.quote(text))',
        'if text not in ("a", "b"):\n    return ""\nos.system("ping " + text)',
        'os.system(f"ping {int(text)}")',
        'import re\nif not re.fullmatch("[a-z]+", text):\n    return ""\nos.system("ping " + text)',
    ],
)
def test_a_shell_gets_what_was_made_safe(body: str) -> None:
    assert tool(body) == set()


@pytest.mark.parametrize("kind", ["int", "bool", "Literal['a']", "int | None", "Optional[float]"])
def test_types_that_let_few_values_in_are_safe(kind: str) -> None:
    assert tool('os.system(f"ping {text}")', takes=f"text: {kind}") == set()


def test_a_tool_that_says_it_runs_commands_is_for_a_person_to_judge() -> None:
    assert tool("return subprocess.getoutput(text)", about="Runs a shell command") == {TOLD}
    assert tool("return str(eval(text))", about="Evaluates a Python expression") == {TOLD}
    assert tool("return str(eval(text))") == {"mcp-source-code-argument"}


def test_helpers_classes_and_other_modules_are_followed() -> None:
    helper = "import os\ndef run(one):\n    return inner(one)\ndef inner(two):\n    os.system('ls ' + two)\n"
    source = "from helper import run\n@mcp.tool()\ndef a(text):\n    run(text)\n"
    assert rules_of(source, helper=helper) == {SHELL}
    assert rules_of("import helper as h\n@mcp.tool()\ndef a(text):\n    h.run(text)\n", helper=helper) == {SHELL}
    assert rules_of("""
        class Runner:
            def __init__(self, host):
                self.host = host
            def run(self):
                os.system("ping " + self.host)
        class Other(Runner):
            pass
        @mcp.tool()
        def a(text):
            Other(text).run()
    """) == {SHELL}


def test_tools_in_a_function_that_makes_the_server() -> None:
    assert rules_of("""
        def made(prefix):
            server = FastMCP("y")
            base = "ping "
            @server.tool()
            def a(text):
                os.system(base + text)
            return server
    """) == {SHELL}


def test_the_arguments_of_a_handler_are_named() -> None:
    source = """
        @server.call_tool()
        async def call_tool(name, arguments):
            os.system("ping " + arguments["host"])
            os.system("ping " + arguments.get("port", "1"))
    """
    assert rules_of(source) == {SHELL}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('return open(f"/srv/notes/{text}").read()', {OUT}),
        ('return open(os.path.join("/srv/notes", text)).read()', {OUT}),
        ('base = "/srv"\npath = os.path.realpath(os.path.join(base, text))\nif not path.startswith(base):\n'
         '    raise ValueError\nreturn open(path).read()', set()),
        ('path = os.path.join("/srv", text)\nif not path.startswith("/srv"):\n    return ""\nreturn open(path).read()',
         {OUT}),
        ('return open("/srv/" + os.path.basename(text)).read()', set()),
        ('if ".." in text:\n    return ""\nreturn open("/srv/" + text).read()', set()),
    ],
)  # fmt: skip
def test_files(body: str, expected: set[str]) -> None:
    assert tool(body, about="Reads a note") == expected


def test_a_path_that_the_tool_speaks_of_is_advice() -> None:
    assert tool("return open(path).read()", takes="path: str", about="Reads a file") == {OPEN}
    assert tool("import shutil\nshutil.rmtree(path)", takes="path: str", about="Deletes a folder") == {OUT}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("db.execute(f\"SELECT * FROM t WHERE a = '{text}'\")", {QUERY}),
        ('db.execute("SELECT * FROM t WHERE a = " + text)', {QUERY}),
        ('db.execute("SELECT * FROM t ORDER BY " + text)', {QUERY}),
        ('db.execute("SELECT * FROM t WHERE a = ?", (text,))', set()),
        ('db.execute(f"SELECT * FROM {text}")', {OPEN}),
        ('safe = text.replace("\'", "\'\'")\ndb.execute(f"SELECT * FROM t WHERE a = \'{safe}\'")', set()),
        ('import ldap\nldap.initialize("x").search_s("dc=a", 2, f"(uid={text})")', {QUERY}),
    ],
)
def test_queries(body: str, expected: set[str]) -> None:
    assert tool(body, before='import sqlite3\ndb = sqlite3.connect("a").cursor()') == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return requests.get(text).text", {ADDRESS}),
        ('return requests.get("http://" + text).text', {ADDRESS}),
        ('return requests.get(f"https://api.example/{text}").text', set()),
        ('base = os.environ["BASE"]\nreturn requests.get(f"{base}/{text}").text', set()),
    ],
)
def test_addresses(body: str, expected: set[str]) -> None:
    assert tool(body) == expected


def test_an_address_that_the_tool_speaks_of_is_advice() -> None:
    assert tool("return requests.get(url).text", takes="url: str", about="Fetches a page") == {OPEN}


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("import importlib\nimportlib.import_module(text)", "mcp-source-picked-code"),
        ('globals()[text]("x")', "mcp-source-picked-code"),
        ("import pickle\npickle.loads(text)", "mcp-source-rebuilt-argument"),
        ("import yaml\nyaml.load(text)", "mcp-source-rebuilt-argument"),
        ("from jinja2 import Environment\nEnvironment().from_string(text).render()", "mcp-source-template-argument"),
        ("return text.format(state=os)", "mcp-source-template-argument"),
        ('subprocess.run([text, "-v"])', "mcp-source-program-argument"),
    ],
)
def test_other_powers(body: str, rule: str) -> None:
    assert tool(body) == {rule}


def test_what_is_close_and_harmless() -> None:
    assert tool("import yaml\nyaml.safe_load(text)\nyaml.load(text, Loader=yaml.SafeLoader)") == set()
    assert tool('return "Hello {}".format(text)') == set()
    assert tool('return {"a": str}[text]("x")') == set()

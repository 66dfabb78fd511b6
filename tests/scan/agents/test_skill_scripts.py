from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.agents.skill_scripts import doings


@pytest.mark.parametrize(
    ("does", "source"),
    [
        ("collects", "for key, value in os.environ.items():\n    pass\n"),
        ("collects", "keys = dict(os.environ)\n"),
        ("collects", "text = Path('~/.aws/credentials').expanduser().read_text()\n"),
        ("sends", "requests.post(URL, json=data)\n"),
        ("sends", "urllib.request.urlopen(url, data=body)\n"),
        ("skill-never-ends", "while 1:\n    grow()\n"),
        ("skill-evaluates-input", "def f(a):\n    exec(f'x = {a}')\n"),
        ("skill-reads-any-path", "def f(name):\n    return open(os.path.join('/srv/data', name))\n"),
    ],
)
def test_what_scripts_do(does: str, source: str) -> None:
    assert does in {one.does for one in doings(source)}


@pytest.mark.parametrize(
    "source",
    [
        "env = os.environ.copy()\nsubprocess.run(args, env=env)\n",
        "key = os.environ['API_KEY']\nload_dotenv('.env')\n",
        "requests.get('https://api.example.com')\n",
        "requests.post('http://localhost:8000/x', json=data)\n",
        "while True:\n    line = sys.stdin.readline()\n    if not line:\n        break\n",
        "def f(a):\n    return eval('1 + 1')\n",
        "def f(folder, name):\n    return open(os.path.join(folder, name))\n",
        "not python at all {",
    ],
)
def test_what_is_ordinary(source: str) -> None:
    assert doings(source) == []


@given(st.text(max_size=100))
def test_any_text_is_read(source: str) -> None:
    assert isinstance(doings(source), list)

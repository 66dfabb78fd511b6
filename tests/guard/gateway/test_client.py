"""How providers are reached: through a proxy, with authorities and certificates of one's own, at a fixed address."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyreqwest.exceptions import PyreqwestError

from bartizan.guard.config import Egress, Upstream
from bartizan.guard.gateway.client import Network
from bartizan.guard.gateway.secrets import GROUP, find_store, secret_reader
from bartizan.model import InputError

pytestmark = pytest.mark.enable_socket

NAME = "provider.example"


class Authority:
    """An authority of these tests, and what it signs: PEM, the key behind the certificate."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of tests")])
        self.pem, _ = self.signed("authority", self.key, authority=True)

    def signed(
        self, name: str, key: ec.EllipticCurvePrivateKey | None = None, *, authority: bool = False
    ) -> tuple[bytes, bytes]:
        key = key or ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        subject = self.name if authority else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + datetime.timedelta(days=36500))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(names, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return made.public_bytes(serialization.Encoding.PEM), secret


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Answer each connection on a loopback port, until the end of the block."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    answer(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(server.getsockname()[1])
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def reply(connection: socket.socket, seen: list[bytes]) -> None:
    head = b""
    while b"\r\n\r\n" not in head and (more := connection.recv(65_536)):
        head += more
    seen.append(head)
    connection.sendall(b"HTTP/1.1 200 X\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")


@contextmanager
def secure(authority: Authority, folder: Path, seen: list[bytes], *, client: bool = False) -> Iterator[int]:
    """A server with a certificate of the authority, that may want one of its clients too."""
    certificate, key = authority.signed(NAME)
    (folder / "server.pem").write_bytes(certificate + key)
    (folder / "ca.pem").write_bytes(b"# our own\n" + authority.pem + authority.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    if client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(folder / "ca.pem")

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            reply(wrapped, seen)

    with listening(answer) as port:
        yield port


def network(folder: Path, **egress: object) -> Network:
    return Network(Egress(**egress), folder, secret_reader(folder))  # type: ignore[arg-type]


def asked(network: Network, url: str, upstream: Upstream | None = None) -> str:
    async def ask() -> str:
        client = network.client(upstream)
        try:
            async with client.get(url).build_streamed() as response:
                return await response.text()
        finally:
            await client.close()

    return asyncio.run(ask())


def test_an_authority_of_ones_own_at_a_fixed_address(authority: Authority, tmp_path: Path) -> None:
    seen: list[bytes] = []
    with secure(authority, tmp_path, seen) as port:
        url = f"https://{NAME}:{port}/v1"
        fixed = Upstream(id="a", door="openai", url=url, address="127.0.0.1")
        assert asked(network(tmp_path), url, msgspec.structs.replace(fixed, ca="ca.pem")) == "ok"
        assert asked(network(tmp_path, ca="ca.pem"), url, fixed) == "ok"
        with pytest.raises(PyreqwestError):
            asked(network(tmp_path), url, fixed)
    assert f"host: {NAME}".encode() in seen[0].lower()


def test_a_client_certificate(authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.signed("gateway")
    seen: list[bytes] = []
    with secure(authority, tmp_path, seen, client=True) as port:
        (tmp_path / "client.pem").write_bytes(certificate + key)
        url = f"https://127.0.0.1:{port}/v1"
        known = Upstream(id="a", door="openai", url=url, ca="ca.pem", certificate="file:client.pem")
        assert asked(network(tmp_path), url, known) == "ok"
        with pytest.raises(PyreqwestError):
            asked(network(tmp_path), url, Upstream(id="a", door="openai", url=url, ca="ca.pem"))


def test_a_proxy_and_what_goes_past_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    through: list[bytes] = []
    direct: list[bytes] = []
    with (
        listening(lambda connection: reply(connection, through)) as proxy,
        listening(lambda connection: reply(connection, direct)) as server,
    ):
        monkeypatch.setenv("THE_PROXY", f"http://us:pass@127.0.0.1:{proxy}")
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        url = f"http://127.0.0.1:{server}/v1"
        assert asked(network(tmp_path), url) == "ok"
        assert (len(through), len(direct)) == (0, 1)
        assert asked(network(tmp_path, proxy="env:THE_PROXY"), "http://model.example/v1") == "ok"
        assert through[0].startswith(b"GET http://model.example/v1 ")
        assert b"proxy-authorization: basic" in through[0].lower()
        past = network(tmp_path, proxy="env:THE_PROXY", no_proxy=[".other.example", "127.0.0.0/8"])
        assert asked(past, url) == "ok"
        assert (len(through), len(direct)) == (1, 2)


@pytest.mark.parametrize(
    ("egress", "sentence"),
    [
        ({"proxy": "localhost:3128"}, "no address of a proxy"),
        ({"proxy": "socks5://x:y@host"}, "no address of a proxy"),
        ({"proxy": "http://"}, "no address of a proxy"),
        ({"proxy": "env:NOT_SET_ANYWHERE"}, "is empty or not there"),
        ({"no_proxy": ["a, b"]}, "is no host"),
        ({"ca": "none.pem"}, "can't be read"),
        ({"ca": "empty.pem"}, "holds no certificate"),
        ({"ca": "wrong.pem"}, "below `egress` can't be used"),
    ],
)
def test_what_can_not_be_used_is_told_at_the_start(egress: dict[str, object], sentence: str, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    (tmp_path / "wrong.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(InputError, match=sentence) as caught:
        network(tmp_path, **egress).client()
    assert "x:y" not in str(caught.value)


def test_what_can_not_be_used_of_an_upstream_is_told(tmp_path: Path) -> None:
    (tmp_path / "wrong.pem").write_text("no key")
    one = Upstream(id="a", door="openai", url="https://x.example", certificate="file:wrong.pem")
    with pytest.raises(InputError, match="of upstream `a` can't be used"):
        network(tmp_path).client(one)
    with pytest.raises(InputError, match="is no IP address"):
        network(tmp_path).client(Upstream(id="a", door="openai", url="https://x.example", address="x.example"))


@pytest.fixture
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installed package with two secret stores, one of which can't be loaded."""
    (tmp_path / "vault_for_tests.py").write_text(
        "class Vault:\n    def read(self, name):\n        return 'of ' + name if name != 'none' else ''\n"
    )
    info = tmp_path / "vault_for_tests-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vault-for-tests\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        f"[{GROUP}]\nvault = vault_for_tests:Vault\nbroken = vault_for_tests:Nothing\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    return "vault"


def test_a_secret_store_is_plugged_in(plug_in: str, tmp_path: Path) -> None:
    read = secret_reader(tmp_path, find_store(plug_in))
    assert read("store:openai/key") == "of openai/key"
    with pytest.raises(InputError, match="is empty"):
        read("store:none")
    with pytest.raises(InputError, match="can't be loaded: AttributeError"):
        find_store("broken")
    with pytest.raises(InputError, match="no secret store `other`"):
        find_store("other")
    with pytest.raises(InputError, match="wants a secret store"):
        secret_reader(tmp_path)("store:openai/key")

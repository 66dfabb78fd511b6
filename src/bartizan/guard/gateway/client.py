"""How the gateway asks others over http: no redirects, no cookies, no proxy but one that the configuration names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from ssl import SSLContext, SSLError, create_default_context
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import PyreqwestError
from pyreqwest.proxy import ProxyBuilder

from bartizan import __version__
from bartizan.guard.config import Egress, Upstream
from bartizan.model import InputError

__all__ = ["Network", "client_builder"]

_SECONDS = 10.0
_IDLE = 55.0
_MOST = 4 << 20
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----")
_PORTS = {"http": 80, "https": 443}


def client_builder() -> ClientBuilder:
    """Return a builder of clients that go where they are told, and nowhere else."""
    return (
        ClientBuilder()
        .follow_redirects(False)
        .referer(False)
        .default_cookie_store(False)
        .user_agent(f"bartizan/{__version__}")
        .connect_timeout(timedelta(seconds=_SECONDS))
        .no_proxy()
    )


class Network:
    """Makes clients as the configuration says. `folder` is the configuration's, `read` reads secrets.

    Raises InputError for a proxy, a file of certificates or an address that can't be used.
    """

    def __init__(self, egress: Egress, folder: Path, read: Callable[[str], str]) -> None:
        self._folder, self._read = folder, read
        secret = egress.proxy.startswith(("env:", "file:", "store:"))
        self._proxy = read(egress.proxy) if secret else egress.proxy
        self._direct = ",".join(_hosts(egress.no_proxy))
        self._trusted = _certificates(folder / egress.ca) if egress.ca else []
        if self._proxy:
            self._through()

    def proxy_for(self, host: str) -> str:
        """Return the address of the proxy through which a host is reached, empty where it is called directly."""
        return "" if any(_within(host, name) for name in self._direct.split(",") if name) else self._proxy

    def tls(self, of: str, ca: str, certificate: str | None) -> SSLContext:
        """Return what speaks TLS with one server, with its authorities and its client certificate. Raises InputError.

        `of` is what errors call it, `certificate` where a client certificate with its key is kept.
        """
        made = create_default_context()
        try:
            for one in [*self._trusted, *(_certificates(self._folder / ca) if ca else [])]:
                made.load_verify_locations(cadata=one.decode())
            if certificate is not None:
                # There is no way to load a key that has no file; only its owner may read this one.
                with NamedTemporaryFile() as file:
                    file.write(self._read(certificate).encode())
                    file.flush()
                    made.load_cert_chain(file.name)
        except (SSLError, OSError, ValueError) as error:
            raise InputError(
                f"the certificates of {of} can't be used: {type(error).__name__}",
                help="write them as PEM; a client certificate has its key behind it",
            ) from None
        return made

    def builder(self) -> ClientBuilder:
        """Return a builder for whatever is not one upstream's own."""
        made = client_builder()
        for certificate in self._trusted:
            made = made.add_root_certificate_pem(certificate)
        return made.proxy(self._through()) if self._proxy else made

    def client(self, upstream: Upstream | None = None) -> Client:
        """Return a client for providers, or for one of them: with its authorities, its certificate and its address."""
        try:
            made = self.builder().pool_idle_timeout(timedelta(seconds=_IDLE))
            return (made if upstream is None else self._own(made, upstream)).build()
        except (PyreqwestError, ValueError) as error:
            whose = "below `egress`" if upstream is None else f"of upstream `{upstream.id}`"
            raise InputError(
                f"the certificates {whose} can't be used: {type(error).__name__}",
                help="write them as PEM; a client certificate has its key behind it",
            ) from None

    def _own(self, made: ClientBuilder, upstream: Upstream) -> ClientBuilder:
        for certificate in _certificates(self._folder / upstream.ca) if upstream.ca else []:
            made = made.add_root_certificate_pem(certificate)
        if upstream.certificate is not None:
            made = made.identity_pem(self._read(upstream.certificate).encode())
        if upstream.address:
            place = urlsplit(upstream.url)
            made = made.resolve(place.hostname or "", _ip(upstream), place.port or _PORTS.get(place.scheme, 443))
        return made

    def _through(self) -> ProxyBuilder:
        try:
            # What `no_proxy` doesn't name goes to the proxy, the loopback too.
            made = ProxyBuilder.all(self._proxy).no_proxy(self._direct or None)
        except (PyreqwestError, ValueError):
            made = None
        if made is None or not self._proxy.startswith(("http://", "https://")):
            # It may hold a password: it is not repeated.
            raise InputError("`proxy` is no address of a proxy", help="write it as http://HOST:PORT")
        return made


def _ip(upstream: Upstream) -> str:
    try:
        return str(ip_address(upstream.address))
    except ValueError:
        raise InputError(f"`address` of upstream `{upstream.id}` is no IP address") from None


def _within(host: str, name: str) -> bool:
    """Tell whether a host is one that `no_proxy` names: itself, its domain, or a network that it is in."""
    if name == "*":
        return True
    try:
        return ip_address(host) in ip_network(name, strict=False)
    except ValueError:
        bare = name.lower().lstrip(".")
        return host.lower() == bare or host.lower().endswith(f".{bare}")


def _hosts(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        if not name or not name.isascii() or not name.isprintable() or set(name) & set(", "):
            raise InputError(f"`{name[:80]}` below `no_proxy` is no host", help="such as .example.com or 10.0.0.0/8")
        yield name


def _certificates(path: Path) -> list[bytes]:
    """Return the certificates of a file, each as PEM. Raises InputError."""
    try:
        with path.open("rb") as file:
            found = _CERTIFICATE.findall(file.read(_MOST))
    except OSError as error:
        raise InputError(f"certificates can't be read from `{path}`: {error.strerror}") from None
    if not found:
        raise InputError(f"`{path}` holds no certificate", help="write certificates as PEM")
    return [one + b"\n" for one in found]

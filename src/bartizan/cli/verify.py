"""`bartizan verify`: who signed a model, and whether its files still are what was signed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bartizan.cli import grades, parameters

__all__ = ["command"]

_FILE = click.Path(path_type=Path)


@click.command("verify")
@click.argument("path", metavar="PATH", help="A folder with all below it, or one file.")
@click.option(
    "--signature",
    type=_FILE,
    metavar="FILE",
    help="The signature. Default: model.sig in the folder, or the only *.sig or *.sigstore.json in or beside it.",
)
@click.option("--key", type=_FILE, metavar="FILE", help="Trust this public key (PEM).")
@click.option(
    "--certificate-chain",
    "certificates",
    type=_FILE,
    multiple=True,
    metavar="FILE",
    help="Trust what these certificates (PEM) vouch for. Repeatable.",
)
@click.option(
    "--identity", metavar="NAME", help="Whom the certificate must be for: mail address, URI, host or subject."
)
@click.option("--issuer", metavar="URL", help="For keyless signatures: who must have vouched for the identity.")
@click.option(
    "--trust-root", "root", type=_FILE, metavar="FILE", help="For keyless signatures: the sigstore's trusted_root.json."
)
@click.option(
    "--signed-at",
    type=parameters.Day(),
    metavar="DATE",
    help="With --certificate-chain: the day when the certificates must have been valid; default: today.",
)
@click.option("--allow-unsigned", is_flag=True, help="Files that nobody signed are told, and no reason to fail.")
@parameters.scan_format()
@parameters.output
@grades.fail_on("End with an exit code from 11 to 15 when a finding is at or above this severity.")
def command(**asked: Any) -> int:
    """Verify who signed a model, and that its files still are what was signed (OpenSSF model signing).

    Say whom you trust: a public key, certificates, or an identity and who vouched for it. Nothing is fetched. A
    signature says who vouches for files, not that they are harmless: `bartizan scan model` looks into them.
    """
    from bartizan.cli.verify_work import AskedVerify, verify

    return verify(AskedVerify(**asked))

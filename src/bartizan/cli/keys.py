"""`bartizan keys`: keys of our own, by which the gateway knows callers."""

from __future__ import annotations

from pathlib import Path

import click

from bartizan.cli import parameters

__all__ = ["command"]

_ACTIONS = ("chat", "embed", "count-tokens", "list-models", "call-tool", "use-provider-tool")

_config = parameters.gateway_config("The gateway's configuration, which names the key file.")


@click.group("keys")
def command() -> None:
    """Make, list and revoke the keys by which the gateway knows callers."""


@command.command("create")
@click.argument("principal", metavar="PRINCIPAL", help="Who the key is for, as policies name them.")
@click.option("--group", "groups", multiple=True, metavar="G", help="A group of the principal; may be given again.")
@click.option("--application", default="", metavar="A", help="The program that will call with it.")
@click.option("--tenant", metavar="T", help="The tenant. Default: what the configuration says.")
@click.option("--sandbox", default="", metavar="S", help="Bind the key to this sandbox.")
@click.option(
    "--action",
    "actions",
    multiple=True,
    type=click.Choice(_ACTIONS),
    help="Keep the key to this action; may be given again. Policies still decide.",
)
@click.option("--model", "models", multiple=True, metavar="M", help="Keep the key to this model; may be given again.")
@click.option(
    "--upstream", "upstreams", multiple=True, metavar="U", help="Keep the key to this upstream; may be given again."
)
@click.option(
    "--expires",
    default="90d",
    show_default=True,
    metavar="TIME",
    help="When the key ends: in hours, days or weeks (12h, 90d, 26w), or never.",
)
@_config
def create(
    principal: str,
    groups: tuple[str, ...],
    application: str,
    tenant: str | None,
    sandbox: str,
    actions: tuple[str, ...],
    models: tuple[str, ...],
    upstreams: tuple[str, ...],
    expires: str,
    config: Path,
) -> int:
    """Make a key, and print it once on standard output.

    Only its digest is kept, so that it can't be shown again. A running gateway knows it within a second.
    """
    from bartizan.cli.keys_work import AskedKey, create_key

    return create_key(
        AskedKey(
            principal=principal,
            groups=list(groups),
            application=application,
            tenant=tenant,
            sandbox=sandbox,
            actions=list(actions),
            models=list(models),
            upstreams=list(upstreams),
            expires=expires,
            config=config,
        )
    )


@command.command("list")
@parameters.views
@_config
def list_keys(format: str, config: Path) -> int:
    """List the keys: id, last characters, whom they are for, and until when."""
    from bartizan.cli.keys_work import show_keys

    return show_keys(config, format)


@command.command("revoke")
@click.argument("id", metavar="ID", help="The key's id, as `bartizan keys list` shows it.")
@_config
def revoke_key(id: str, config: Path) -> int:
    """End a key for good. A running gateway knows within a second."""
    from bartizan.cli.keys_work import end_key

    return end_key(config, id)

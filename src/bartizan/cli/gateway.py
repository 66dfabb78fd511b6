"""`bartizan gateway`: every call of a model identified, held to policy, inspected, budgeted and on record."""

from __future__ import annotations

from pathlib import Path

import click

from bartizan.cli import parameters

__all__ = ["command"]


@click.group("gateway", invoke_without_command=True)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The configuration. Default: gateway.yaml in this folder.",
)
@click.option("--demo", is_flag=True, help="Serve a made-up provider, with a key and policies made for this run.")
@click.option("--once", is_flag=True, help="With --demo: make three calls, print what became of them, and end.")
@click.option("--listen", metavar="HOST:PORT", help="Where to serve, instead of what the configuration says.")
@click.option(
    "--workers",
    type=click.IntRange(1),
    metavar="N",
    help="How many processes serve, instead of what the configuration says.",
)
@click.pass_context
def command(
    ctx: click.Context, config: Path | None, demo: bool, once: bool, listen: str | None, workers: int | None
) -> int:
    """Stand between programs and models: each call identified, held to policy, inspected, on record.

    Clients of OpenAI, Azure OpenAI, Anthropic and Gemini work unchanged. They use `http://HOST:PORT/openai/v1`,
    `/azure`, `/anthropic` or `/gemini` as the base address, and a key of `bartizan keys create` or an access token in
    place of the provider's key. Nobody is anonymous, nothing is allowed that no policy allows, and what can't be
    decided is refused.
    """
    if ctx.invoked_subcommand is not None:
        return 0
    if once:
        from bartizan.cli.gateway_show import show_demo

        if not demo:
            raise click.UsageError("`--once` is for `--demo`")
        return show_demo()
    if demo:
        from bartizan.cli.gateway_demo import run_demo

        return run_demo(listen, workers)
    from bartizan.cli.gateway_work import run

    return run(config or Path("gateway.yaml"), listen, workers)


@command.command("check")
@click.argument(
    "config",
    type=click.Path(path_type=Path),
    default=Path("gateway.yaml"),
    metavar="[CONFIG]",
    help="The configuration to check. Default: gateway.yaml in this folder.",
)
def check(config: Path) -> int:
    """Check a configuration, its policies, data rules and secrets, as the gateway would at its start."""
    from bartizan.cli.gateway_work import check as work

    return work(config)


@command.command("explain")
@click.argument(
    "request",
    type=click.Path(path_type=Path),
    metavar="REQUEST.json",
    help="The body of a request, as a client sends it.",
)
@click.option("--as", "user", required=True, metavar="USER", help="Who would send it.")
@click.option("--group", "groups", multiple=True, metavar="GROUP", help="A group of that user; may be given again.")
@click.option("--application", default="", metavar="NAME", help="The program that would send it.")
@click.option(
    "--path",
    default="/openai/v1/chat/completions",
    metavar="PATH",
    show_default=True,
    help="The path that it would be sent to.",
)
@parameters.gateway_config("The configuration that would decide.")
@parameters.views
def explain(
    request: Path, user: str, groups: tuple[str, ...], application: str, path: str, config: Path, format: str
) -> int:
    """Say which rule decides a request, and why: what was found, what would be changed, who would be asked."""
    from bartizan.cli.gateway_explain import AskedExplain
    from bartizan.cli.gateway_explain import explain as work

    return work(AskedExplain(request, user, groups, application, path, config, format))


@command.command("ext-proc")
@parameters.gateway_config("The configuration that decides.")
@click.option("--listen", metavar="ADDRESS", help="HOST:PORT or unix:PATH, instead of what the configuration says.")
def ext_proc(config: Path, listen: str | None) -> int:
    """Decide the calls that an Envoy proxy carries: its filter `ext_proc` asks here about each of them.

    Envoy goes on to hold the connections and to choose where calls go. Identity, policy, inspection, budgets and the
    record are the gateway's. Needs `pip install 'bartizan[ext-proc]'`.
    """
    from bartizan.cli.gateway_ext_proc import run as work

    return work(config, listen)

"""The command `searchway`: serve, list operations, print the schema, call an operation."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

import click
import orjson

from searchway import __version__, listing, logs
from searchway.contract.catalog import load as load_catalog
from searchway.errors import CallError, SettingsError
from searchway.settings import Settings
from searchway.settings import load as load_settings

Command = Callable[..., Any]

_UPSTREAM_OPTIONS = (
    click.option(
        "--config", type=click.Path(path_type=Path), envvar="SEARCHWAY_CONFIG", help="A TOML file of settings."
    ),
    click.option("--upstream", metavar="URL", help="The cluster's nodes, comma-separated. [SEARCHWAY_UPSTREAM]"),
    click.option(
        "--sandbox",
        metavar="ENGINE",
        is_flag=False,
        flag_value="all",
        help="The embedded upstream instead of a cluster: elasticsearch, opensearch, opendistro or all. [SEARCHWAY_SANDBOX]",
    ),
    click.option("--engine", help="The cluster's product, where it must not be asked. [SEARCHWAY_ENGINE]"),
    click.option("--ca", help="PEM certificates to trust in addition. [SEARCHWAY_CA]"),
    click.option("--verify/--no-verify", default=None, help="Check the cluster's certificate. [SEARCHWAY_VERIFY]"),
)


def _upstream_options(command: Command) -> Command:
    for option in reversed(_UPSTREAM_OPTIONS):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="searchway")
def cli() -> None:
    """GraphQL and gRPC in front of Elasticsearch, OpenSearch and Open Distro clusters.

    Each setting has an environment variable too; passwords and keys come from there or from files only.
    """


@cli.command()
@_upstream_options
@click.option("--http", metavar="HOST:PORT", help="Where GraphQL listens, or off. [SEARCHWAY_HTTP]")
@click.option("--grpc", metavar="HOST:PORT", help="Where gRPC listens, or off. [SEARCHWAY_GRPC]")
@click.option("--workers", type=int, help="Processes that serve. [SEARCHWAY_WORKERS]")
@click.option("--log-format", type=click.Choice(["json", "console"]), help="[SEARCHWAY_LOG_FORMAT]")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), help="[SEARCHWAY_LOG_LEVEL]")
def serve(config: Path | None, **options: Any) -> None:
    """Serve both faces until interrupted."""
    from searchway import app  # noqa: PLC0415  # the servers take half a second to import, which other commands need not

    settings = _settings(config, options)
    logs.configure(settings)
    app.serve(settings, lambda ports: click.echo(listing.first_queries(settings, ports.http, ports.grpc)))


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def operations(*, as_json: bool) -> None:
    """List every operation: its names on both faces, its REST routes, engines, retry class, paging and documentation."""
    rows = listing.describe_all(load_catalog())
    click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode() if as_json else listing.table(rows))


@cli.command()
def schema() -> None:
    """Print the GraphQL schema."""
    from searchway.graph.schema import print_sdl  # noqa: PLC0415  # only this command needs it

    click.echo(print_sdl(load_catalog()), nl=False)


@cli.command()
@click.argument("operation")
@click.argument("document", default="{}")
@_upstream_options
@click.option("--at", metavar="HOST:PORT", help="Call a gateway that is running, over gRPC, instead of a cluster.")
@click.option("--cluster", help="The cluster, where several are configured.")
@click.option("--strict", is_flag=True, help="Fail if the work was done only in part.")
@click.option("--timeout", type=float, help="Seconds that the call may take.")
@click.option("--dry-run", is_flag=True, help="Print the request that would be sent to the cluster, and send nothing.")
def call(operation: str, document: str, config: Path | None, **options: Any) -> None:
    """Call OPERATION with DOCUMENT, JSON by proto names or @file, and print the answer; of a stream, a line for each message.

    For example: searchway call --sandbox opensearch ism.GetPolicy '{"policy_id": "logs"}'
    """
    from searchway import calling  # noqa: PLC0415  # as in serve

    target, dry_run = options.pop("at"), options.pop("dry_run")
    how = calling.Circumstances(**{name: options.pop(name) for name in ("cluster", "strict", "timeout")})
    text = Path(document[1:]).read_text(encoding="utf-8") if document.startswith("@") else document
    if target:
        asyncio.run(_echo(calling.call_remote(target, operation, text, how)))
        return
    settings = _settings(config, options).model_copy(update={"access_log": False})
    logs.configure(settings)
    work = calling.preview_here if dry_run else calling.call_here
    asyncio.run(_echo(work(settings, operation, text, how)))


async def _echo(lines: AsyncGenerator[str, None]) -> None:
    async with aclosing(lines):
        async for line in lines:
            click.echo(line)


def _settings(config: Path | None, options: Mapping[str, Any]) -> Settings:
    return load_settings(config, os.environ, options)


def main() -> None:
    """Run the command line; print what went wrong in one line and exit with 1, or 2 for wrong settings."""
    try:
        cli(prog_name="searchway", standalone_mode=True)
    except SettingsError as error:
        click.echo(f"searchway: {error}", err=True)
        sys.exit(2)
    except CallError as error:
        click.echo(orjson.dumps(error.failure.document(), option=orjson.OPT_INDENT_2).decode(), err=True)
        sys.exit(1)

"""The command `searchway`: serve, list operations, print the schema, write the proto files, call an operation."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import click
import orjson
from click.core import ParameterSource

from searchway import __version__, arguments, exporting, listing, logs
from searchway.arguments import checked
from searchway.contract.catalog import load as load_catalog
from searchway.errors import CallError, SettingsError
from searchway.settings import Settings
from searchway.settings import load as load_settings
from searchway.vocabulary import CLUSTER, STRICT

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
    click.option("--client-cert", help="PEM certificate to show. [SEARCHWAY_CLIENT_CERT]"),
    click.option("--client-key", help="PEM key of that certificate. [SEARCHWAY_CLIENT_KEY]"),
)


def _upstream_options(command: Command) -> Command:
    for option in reversed(_UPSTREAM_OPTIONS):
        command = option(command)
    return command


_EXAMPLES = """
\b
Examples:
  searchway serve --sandbox
  searchway serve --upstream https://es.example.org:9200 --http 0.0.0.0:8080
  searchway operations shrink
  searchway protos ./protos
  searchway call --sandbox opensearch ism.GetPolicy '{"policy_id": "log-retention"}'
  searchway call --at 127.0.0.1:50051 cat.ListAllocation
  searchway call --dry-run --upstream http://127.0.0.1:9200 security.PutRole @role.json
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXAMPLES)
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
    from searchway import server  # noqa: PLC0415  # the servers take half a second to import, which other commands need not

    settings = _settings(config, options)
    load = partial(load_settings, config, dict(os.environ), options)
    server.serve(settings, lambda ports: click.echo(listing.first_queries(settings, ports.http, ports.grpc)), load)


@cli.command()
@click.argument("word", default="")
@click.option("--json", "as_json", is_flag=True, help="Print all there is to say of them as JSON.")
def operations(word: str, *, as_json: bool) -> None:
    """List the operations that have WORD in a name or a REST route, or all: both names, and since when which engine has them.

    With --json also their routes, retry class, paging and documentation.
    """
    rows = listing.describe_all(load_catalog(), word)
    if not rows:
        raise click.ClickException(f"no operation has {word!r} in a name or a route")
    click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode() if as_json else listing.table(rows))


@cli.command()
def schema() -> None:
    """Print the GraphQL schema."""
    from searchway.graph.schema import print_sdl  # noqa: PLC0415  # only this command needs it

    click.echo(print_sdl(load_catalog()), nl=False)


@cli.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--force", is_flag=True, help="Replace files that differ, and remove proto files of other versions.")
def protos(folder: Path, *, force: bool) -> None:
    """Write the .proto files into DIR, with all that they import, as a buf module, and their descriptor set.

    A file that is there and differs is not touched: nothing is written then, unless --force is given.
    """
    try:
        written = exporting.export(folder, force=force)
    except exporting.ExportError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{folder}: {written} files written")


class _Call(click.Command):
    """A command whose --sandbox may stand in front of the operation without an engine."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Give --sandbox its engine where the name of an operation follows it, which has a dot and no engine does."""
        pairs = zip(args, [*args[1:], ""], strict=False)
        return super().parse_args(ctx, ["--sandbox=all" if a == "--sandbox" and "." in b else a for a, b in pairs])


def _complete_operation(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in load_catalog().operations if name.lower().startswith(incomplete.lower())]


@cli.command(cls=_Call)
@click.argument("operation", shell_complete=_complete_operation)
@click.argument("document", default="{}", callback=checked(arguments.document))
@_upstream_options
@click.option(
    "--at",
    metavar="HOST:PORT",
    callback=checked(arguments.host_port),
    help="Call a gateway that is running, over gRPC, instead of a cluster.",
)
@click.option(
    "--tls",
    is_flag=True,
    help="With --at: over TLS; implied by --ca and --client-cert, which are for the gateway then.",
)
@click.option("--cluster", help="The cluster, where several are configured.")
@click.option("--strict", is_flag=True, help="Fail if the work was done only in part.")
@click.option(
    "--header",
    "headers",
    callback=checked(arguments.header),
    multiple=True,
    metavar="'NAME: VALUE'",
    help="A header of the call; the value may be @FILE. May be repeated.",
)
@click.option("--timeout", metavar="SECONDS", callback=checked(arguments.seconds), help="How long the call may take.")
@click.option("--dry-run", is_flag=True, help="Print the request that would be sent to the cluster, and send nothing.")
@click.pass_context
def call(context: click.Context, /, operation: str, document: str, config: Path | None, **options: Any) -> None:
    """Call OPERATION with DOCUMENT and print the answer; of a stream, a line for each message.

    DOCUMENT is JSON by proto names (policy_id) or their JSON form (policyId), @FILE that holds it, or @- for standard input.

    For example: searchway call --sandbox opensearch ism.GetPolicy '{"policy_id": "logs"}'
    """
    from searchway import calling  # noqa: PLC0415  # as in serve
    from searchway.rpc.client import Target  # noqa: PLC0415  # same

    _check_combination(context)
    at, tls, dry_run = (options.pop(name) for name in ("at", "tls", "dry_run"))
    headers = _headers(*(options.pop(name) for name in ("headers", "cluster", "strict")))
    how = calling.Circumstances(headers=headers, timeout=options.pop("timeout"))
    if at:
        files = {name: options[name] and Path(options[name]) for name in ("ca", "client_cert", "client_key")}
        target = Target(address=at, tls=tls or any(files.values()), **files)
        asyncio.run(_echo(calling.call_remote(target, operation, document, how)))
        return
    settings = _settings(config, options).model_copy(update={"access_log": False})
    if (
        "log_level" not in settings.model_fields_set
    ):  # else what the log says of a failure stands before the failure itself
        settings = settings.model_copy(update={"log_level": "error"})
    logs.configure(settings)
    work = calling.preview_here if dry_run else calling.call_here
    asyncio.run(_echo(work(settings, operation, document, how)))


_OF_CLUSTERS = ("config", "upstream", "sandbox", "engine", "verify", "dry_run")


def _check_combination(context: click.Context) -> None:
    """Refuse flags that would be overlooked."""
    given = [
        option.opts[0]
        for option in context.command.params
        if option.name in _OF_CLUSTERS and context.get_parameter_source(option.name) is ParameterSource.COMMANDLINE
    ]
    if context.params["at"] and given:
        raise click.UsageError(f"--at calls a gateway that is running; it cannot go with {', '.join(given)}")
    if context.params["tls"] and not context.params["at"]:
        raise click.UsageError("--tls goes with --at; for a cluster the URL of its nodes says it")


def _headers(given: Iterable[tuple[str, str]], cluster: str | None, strict: bool) -> Mapping[str, str]:
    """Return the headers of a call, values of the same name joined as HTTP does."""
    headers: dict[str, str] = {}
    for name, value in given:
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    flags = {CLUSTER: cluster, STRICT: "true" if strict else None}
    return headers | {name: value for name, value in flags.items() if value is not None}


async def _echo(lines: AsyncGenerator[str, None]) -> None:
    async with aclosing(lines):
        async for line in lines:
            click.echo(line)


def _settings(config: Path | None, options: Mapping[str, Any]) -> Settings:
    return load_settings(config, os.environ, options)


def main() -> None:
    """Run the command line; print what went wrong in one line and exit with 1, or 2 for wrong settings."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # its core writes lines of its own among the log lines
    try:
        cli(prog_name="searchway", standalone_mode=True)
    except SettingsError as error:
        click.echo(f"searchway: {error}", err=True)
        sys.exit(2)
    except CallError as error:
        said = {name: value for name, value in error.failure.document().items() if value or name == "retryable"}
        click.echo(orjson.dumps(said, option=orjson.OPT_INDENT_2).decode(), err=True)
        sys.exit(1)

"""Holds what the documentation says of settings, variables and flags against the code."""

import re
import tomllib
from pathlib import Path
from typing import Final

import click
import pytest
from click.testing import CliRunner

from docs.blocks import CONTRIBUTING, README, Block, read_blocks
from docs.settings import TABLES, print_tables
from searchway.cli import cli
from searchway.settings import Settings, load
from searchway.settings.environment import variable
from searchway.settings.shorthand import CLUSTER_KEYS

TEXT: Final = README.read_text(encoding="utf-8")
FLAGS: Final = {
    flag
    for command in cli.commands.values()
    for option in command.params
    for flag in (*option.opts, *option.secondary_opts)
    if flag.startswith("--")
}
OTHER_FLAGS: Final = {
    "--out-dir",  # of babel
    *("--file", "--build", "--help", "--group", "--upgrade"),  # of docker, click, pip and uv
    *(
        "--keepCase",
        "--longs",
        "--enums",
        "--grpcLib",
        "--importFileExtension",
        "--includeDirs",
        "--outDir",
    ),  # of proto-loader
}
CONFIGURATIONS: Final = [block for block in read_blocks(README) if block.language == "toml"]


def known_variables() -> set[str]:
    keys = [*Settings.model_fields, *CLUSTER_KEYS, "upstream", "sandbox", "config"]
    sections = {"limits": "`[limits]`", "connections": "`[connections]`", "batching": "`[batching]`"}
    inner = [f"{section}.{key}" for section, title in sections.items() for key in TABLES[title].model_fields]
    return {variable(key) for key in [*keys, *inner]}


def test_the_tables_are_those_of_the_code() -> None:
    found = re.search(r"<summary>All settings</summary>\n\n(.*?)\n\n</details>", TEXT, re.DOTALL)
    assert found is not None
    assert found[1] == print_tables(), f"the README must have\n{print_tables()}"


@pytest.mark.parametrize("path", [README, CONTRIBUTING], ids=lambda path: path.name)
def test_every_variable_exists(path: Path) -> None:
    named = set(re.findall(r"(?<!_)SEARCHWAY_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8")))
    wrong = {name for name in named if not re.match("SEARCHWAY_CLUSTERS__[A-Z]+__", name)} - known_variables()
    assert wrong == {"SEARCHWAY_TIMEOUTS"} & named  # the example of a wrong one


def test_a_clusters_variables_exist() -> None:
    named = re.findall(r"SEARCHWAY_CLUSTERS__[A-Z]+__([A-Z_]*[A-Z])", TEXT)
    assert named
    assert {name.lower() for name in named} <= TABLES["A cluster, in `[clusters.<name>]`"].model_fields.keys()


@pytest.mark.parametrize("path", [README, CONTRIBUTING], ids=lambda path: path.name)
def test_every_flag_exists(path: Path) -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-zA-Z-]+", path.read_text(encoding="utf-8")))
    assert named <= FLAGS | OTHER_FLAGS


@pytest.mark.parametrize("name", cli.commands)
def test_help_says_what_every_option_is_for(name: str) -> None:
    said = CliRunner().invoke(cli, [name, "--help"]).output
    options = [parameter for parameter in cli.commands[name].params if isinstance(parameter, click.Option)]
    assert all(option.opts[0] in said and option.help for option in options)


@pytest.mark.parametrize("name", cli.commands)
def test_the_variables_in_the_help_exist(name: str) -> None:
    said = re.sub(r"\s+", " ", CliRunner().invoke(cli, [name, "--help"]).output)
    assert set(re.findall(r"SEARCHWAY_\w+", said)) <= known_variables()


def test_every_command_is_in_the_readme() -> None:
    assert all(f"searchway {name}" in TEXT for name in cli.commands)


@pytest.mark.parametrize("block", CONFIGURATIONS, ids=str)
def test_a_configuration_is_accepted(block: Block, tmp_path: Path) -> None:
    config = tmp_path / "searchway.toml"
    config.write_text(block.text, encoding="utf-8")
    settings = load(config, {})
    assert {cluster.name for cluster in settings.clusters} == set(tomllib.loads(block.text)["clusters"])

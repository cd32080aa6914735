"""What the command line does before any server starts."""

import json

import pytest
from click.testing import CliRunner

from searchway.cli import cli, main


def test_several_workers_without_a_key_do_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SEARCHWAY_TOKEN_KEYS", raising=False)
    monkeypatch.setattr("sys.argv", ["searchway", "serve", "--sandbox", "opensearch", "--workers", "2"])
    monkeypatch.setattr("searchway.server.serve", lambda *_: pytest.fail("it started"))
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "token_keys: expected a key, since workers is above 1" in capsys.readouterr().err


def test_operations_can_be_looked_for() -> None:
    runner = CliRunner()
    table = runner.invoke(cli, ["operations", "shrink"])
    document = runner.invoke(cli, ["operations", "--json", "shrink"])
    assert table.output.splitlines()[1].split() == [
        "indices.ShrinkIndex",
        "indicesShrinkIndex",
        "5.0+",
        "yes",
        "yes",
    ]
    assert [row["name"] for row in json.loads(document.output)] == ["indices.ShrinkIndex"]


def test_word_of_no_operation_is_told() -> None:
    said = CliRunner().invoke(cli, ["operations", "xyzzy"])
    assert (said.exit_code, said.output) == (1, "Error: no operation has 'xyzzy' in a name or a route\n")


def test_operations_are_completed() -> None:
    environ = {"_SEARCHWAY_COMPLETE": "bash_complete", "COMP_WORDS": "searchway call ism.GetP", "COMP_CWORD": "2"}
    said = CliRunner().invoke(cli, prog_name="searchway", env=environ)
    assert said.output == "plain,ism.GetPolicy\n"


def test_help_begins_with_examples() -> None:
    assert "searchway serve --sandbox\n" in CliRunner().invoke(cli, ["--help"]).output

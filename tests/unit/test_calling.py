import json

import pytest
from click.testing import CliRunner

from searchway.cli import cli

RULES = ("rules.StreamRules", '{"feature_type": "workload_group", "page_size": 40}')


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def test_messages_of_a_stream_are_lines(runner: CliRunner) -> None:
    said = runner.invoke(cli, ["call", "--sandbox", "opensearch", *RULES])
    lines = said.output.splitlines()
    ids = [json.loads(line)["rule"]["id"] for line in lines]
    assert said.exit_code == 0
    assert len(ids) > 50
    assert ids == sorted(set(ids))


def test_answer_of_one_call_is_a_document(runner: CliRunner) -> None:
    said = runner.invoke(cli, ["call", "--sandbox", "opensearch", "rules.ListRules", RULES[1]])
    assert len(json.loads(said.output)["rules"]) == 40


@pytest.mark.parametrize(
    ("operation", "document", "line"),
    [
        (*RULES, "GET /_rules/workload_group?search_after=%20"),
        ("enrich.WatchPolicyExecution", '{"name": "p"}', "PUT /_enrich/policy/p/_execute?wait_for_completion=false"),
        ("fleet.StreamHits", '{"header": {"index": ["a"]}, "body": {"sort": "_id"}}', "POST /_fleet/_fleet_msearch"),
    ],
)
def test_first_request_of_a_stream_is_shown(runner: CliRunner, operation: str, document: str, line: str) -> None:
    engine = "opensearch" if operation.startswith("rules") else "elasticsearch"
    said = runner.invoke(cli, ["call", "--dry-run", "--sandbox", engine, operation, document])
    assert said.output.splitlines()[0] == line


def test_streams_are_listed_as_such(runner: CliRunner) -> None:
    rows = {row["name"]: row for row in json.loads(runner.invoke(cli, ["operations", "--json"]).output)}
    assert rows["rules.StreamRules"]["streaming"] is True
    assert rows["rules.ListRules"]["streaming"] is False
    assert "StreamHits" in runner.invoke(cli, ["operations"]).output

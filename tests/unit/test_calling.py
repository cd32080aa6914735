import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from searchway.cli import cli, main

RULES = ("rules.StreamRules", '{"feature_type": "workload_group", "page_size": 40}')


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


@pytest.fixture(autouse=True)
def _log_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave alone how this process logs: what is said of it first holds for good."""
    monkeypatch.setattr("searchway.logs.configure", lambda _settings: None)


def test_messages_of_a_stream_are_lines(runner: CliRunner) -> None:
    said = runner.invoke(cli, ["call", "--sandbox", "opensearch", *RULES])
    lines = said.output.splitlines()
    ids = [json.loads(line)["rule"]["rule_id"] for line in lines]
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


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--at", "localhost:1", "--dry-run"], "it cannot go with --dry-run"),
        (["--at", "localhost:1", "--sandbox", "all"], "it cannot go with --sandbox"),
        (["--at", "localhost:1", "--upstream", "http://a", "--config", "a"], "it cannot go with --config, --upstream"),
        (["--at", "localhost:1", "--no-verify", "--engine", "opensearch"], "it cannot go with --engine, --verify"),
        (["--at", "http://localhost:1"], "expected host:port"),
        (["--at", ""], "expected host:port"),
        (["--tls", "--sandbox", "all"], "--tls goes with --at"),
        (["--sandbox", "all", "--timeout", "-3"], "expected a number of seconds above 0"),
        (["--sandbox", "all", "--header", "authorization=a"], "expected 'NAME: VALUE' or 'NAME: @FILE'"),
    ],
)
def test_wrong_use_is_refused_before_anything_is_done(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, arguments: list[str], problem: str
) -> None:
    for work in ("call_here", "call_remote", "preview_here"):
        monkeypatch.setattr(f"searchway.calling.{work}", lambda *_: pytest.fail("it was done"))
    said = runner.invoke(cli, ["call", *arguments, "cat.ListAllocation"])
    assert said.exit_code == 2
    assert problem in said.output.splitlines()[-1]


@pytest.mark.parametrize("name", ["nope.json", ".", "latin.json"])
def test_input_that_cannot_be_read_is_a_usage_error(runner: CliRunner, tmp_path: Path, name: str) -> None:
    (tmp_path / "latin.json").write_bytes(b"\xfc")
    said = runner.invoke(cli, ["call", "--sandbox", "all", "cat.ListAllocation", f"@{tmp_path / name}"])
    assert said.exit_code == 2
    assert "Invalid value for '[DOCUMENT]': " in said.output.splitlines()[-1]


def test_input_may_come_from_standard_input_or_a_file(runner: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(RULES[1], encoding="utf-8")
    command = ["call", "--sandbox", "opensearch", "rules.ListRules"]
    answers = [
        runner.invoke(cli, [*command, f"@{tmp_path}/in.json"]),
        runner.invoke(cli, [*command, "@-"], input=RULES[1]),
    ]
    assert [len(json.loads(said.output)["rules"]) for said in answers] == [40, 40]


def failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Run a call that fails; return what it prints."""
    monkeypatch.setenv("GRPC_VERBOSITY", "NONE")
    monkeypatch.setattr("sys.argv", ["searchway", "call", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    said: dict[str, Any] = json.loads(capsys.readouterr().err)
    return said


@pytest.mark.parametrize("how", [["--dry-run"], []])
def test_operation_that_the_engine_has_not_is_refused_either_way(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], how: list[str]
) -> None:
    said = failure(monkeypatch, capsys, *how, "--sandbox", "all", "ism.ListPolicies")
    assert (said["code"], said["message"]) == (
        "UNIMPLEMENTED",
        "Elasticsearch has no ism.ListPolicies, only OpenSearch and Open Distro; x-searchway-cluster chooses another cluster",
    )


def test_only_what_is_known_of_a_failure_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = failure(monkeypatch, capsys, "--sandbox", "opensearch", "ism.GetPolicy", "{}")
    assert said == {
        "code": "INVALID_ARGUMENT",
        "message": "policy_id: is required and must not be empty",
        "cluster": "opensearch",
        "operation": "ism.GetPolicy",
        "request_id": said["request_id"],
        "field": "policy_id",
        "retryable": False,
        "applied": "no",
    }


@pytest.mark.parametrize("how", [["--dry-run"], []])
def test_name_that_would_reach_another_api_is_refused_either_way(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], how: list[str]
) -> None:
    settings = '{"index": "_settings", "settings": {"index.blocks.write": true}}'
    said = failure(monkeypatch, capsys, *how, "--sandbox", "elasticsearch", "indices.CreateIndex", settings)
    assert (said["code"], said["field"]) == ("INVALID_ARGUMENT", "index")
    assert "'_settings' must not begin with '_'" in said["message"]


def test_headers_are_those_of_a_caller(runner: CliRunner) -> None:
    headers = [
        "x-searchway-cluster: opensearch",
        "x-goog-fieldmask: policies.policy_id",
        "x-goog-fieldmask: total_size",
    ]
    flags = [part for header in headers for part in ("--header", header)]
    said = runner.invoke(cli, ["call", "--sandbox", "all", *flags, "ism.ListPolicies"])
    answer = json.loads(said.output)
    assert answer.keys() == {"policies", "total_size"}
    assert [policy.keys() for policy in answer["policies"]] == [{"policy_id"}, {"policy_id"}]


@pytest.mark.parametrize("header", ["x-searchway-strict: maybe", "x-searchway-cluster: nope", "x-goog-fieldmask: nope"])
def test_header_that_cannot_be_meant_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], header: str
) -> None:
    said = failure(monkeypatch, capsys, "--sandbox", "opensearch", "--header", header, "ism.ListPolicies")
    assert (said["code"], said["field"]) == ("INVALID_ARGUMENT", header.partition(":")[0])


@pytest.mark.parametrize(
    "arguments",
    [
        ["--sandbox", "cat.ListAllocation"],
        ["cat.ListAllocation", "--sandbox"],
        ["--sandbox", "elasticsearch", "cat.ListAllocation"],
        ["--sandbox=all", "cat.ListAllocation"],
    ],
)
def test_sandbox_needs_no_engine(runner: CliRunner, arguments: list[str]) -> None:
    said = runner.invoke(cli, ["call", "--dry-run", *arguments])
    assert said.output == "GET /_cat/allocation?format=json&bytes=b\n"


@pytest.mark.parametrize(
    ("environ", "level"), [({}, "error"), ({"SEARCHWAY_LOG_LEVEL": "warning"}, "warning")], ids=["default", "asked for"]
)
def test_log_is_silent_unless_it_is_asked_for(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], level: str
) -> None:
    """What a failure says comes first, and alone."""
    levels = []
    monkeypatch.setattr("searchway.logs.configure", lambda settings: levels.append(settings.log_level))
    said = runner.invoke(cli, ["call", "--upstream", "http://127.0.0.1:1", "cat.ListAllocation"], env=environ)
    assert isinstance(said.exception, Exception)
    assert levels == [level]

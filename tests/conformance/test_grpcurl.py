"""The gRPC face as a stranger sees it: grpcurl, which has no proto files, lists, describes and calls everything by reflection."""

import asyncio
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from searchway.contract import catalog
from searchway.contract.records import Operation

OPERATIONS = catalog.load().operations
SERVICES = sorted(catalog.load().services)
ELASTICSEARCH, OPENSEARCH = "elasticsearch", "opensearch"


@dataclass(frozen=True, slots=True)
class Said:
    """What grpcurl printed."""

    code: int
    output: str
    errors: str

    def json(self) -> Any:
        assert self.code == 0, self.errors
        return json.loads(self.output)


class Grpcurl:
    """The program, pointed at a gateway."""

    def __init__(self, program: Path, address: str) -> None:
        self._program = program
        self._address = address

    async def __call__(self, *words: str, options: tuple[str, ...] = ()) -> Said:
        process = await asyncio.create_subprocess_exec(
            self._program,
            *("-plaintext", "-max-time", "30", *options, self._address, *words),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()
        return Said(process.returncode or 0, output.decode(), errors.decode())

    async def call(self, method: str, cluster: str = ELASTICSEARCH, *options: str, **values: Any) -> Said:
        return await self(method, options=("-H", f"x-searchway-cluster: {cluster}", "-d", json.dumps(values), *options))


@pytest.fixture
def run(grpcurl: Path, grpc_address: str) -> Grpcurl:
    return Grpcurl(grpcurl, grpc_address)


async def test_services_are_listed(run: Grpcurl) -> None:
    listed = (await run("list")).output.split()
    assert set(SERVICES) < set(listed)
    assert set(listed) - set(SERVICES) == {
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
    }


@pytest.mark.parametrize("service", SERVICES)
async def test_rpcs_are_listed(run: Grpcurl, service: str) -> None:
    listed = (await run("list", service)).output.split()
    assert listed == sorted(f"{o.service}.{o.rpc}" for o in OPERATIONS.values() if o.service == service)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda o: o.name)
async def test_rpcs_and_messages_are_described_with_their_comments(run: Grpcurl, operation: Operation) -> None:
    described = (await run("describe", f"{operation.service}.{operation.rpc}")).output
    assert operation.link in described
    assert operation.comment.splitlines()[0] in described
    for shape in (operation.request, operation.response):
        told = (await run("describe", shape.name)).output
        for text in (shape.comment, *(field.comment for field in shape.fields)):
            assert all(f"// {line}" in told for line in text.splitlines())


@pytest.mark.parametrize(
    ("method", "cluster", "values", "expected"),
    [
        ("searchway.api.cat.v1.CatService/ListAllocation", ELASTICSEARCH, {}, "allocation"),
        (
            "searchway.api.fleet.v1.FleetService/MultiSearch",
            ELASTICSEARCH,
            {"index": "logs-2026.01.01", "searches": [{"body": {"text": '{"query": {"match_all": {}}}'}}]},
            "items",
        ),
        ("searchway.api.indices.v1.IndicesService/CreateIndex", OPENSEARCH, {"index": "grpcurl-1"}, "acknowledged"),
        ("searchway.api.ism.v1.IsmService/ListPolicies", OPENSEARCH, {"pageSize": 1}, "policies"),
        ("searchway.api.ml.v1.MlService/FlushJob", ELASTICSEARCH, {"jobId": "request-rate"}, "flushed"),
        (
            "searchway.api.rules.v1.RulesService/ListRules",
            OPENSEARCH,
            {"featureType": "workload_group", "pageSize": 2},
            "nextPageToken",
        ),
        (
            "searchway.api.security.v1.SecurityService/PutRole",
            ELASTICSEARCH,
            {"name": "grpcurl", "role": {"cluster": ["monitor"]}},
            "created",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "/" in value else "",
)
async def test_services_are_called(
    run: Grpcurl, method: str, cluster: str, values: dict[str, Any], expected: str
) -> None:
    assert expected in (await run.call(method, cluster, **values)).json()


async def test_stream_gives_a_document_for_each_message(run: Grpcurl) -> None:
    method = "searchway.api.rules.v1.RulesService/StreamRules"
    said = await run.call(method, OPENSEARCH, featureType="workload_group", pageSize=7)
    assert said.code == 0, said.errors
    messages = [json.loads(text) for text in re.split(r"(?<=^})\n(?={)", said.output.strip(), flags=re.MULTILINE)]
    listed = await run.call(
        "searchway.api.rules.v1.RulesService/ListRules", OPENSEARCH, featureType="workload_group", pageSize=1000
    )
    assert [message["rule"] for message in messages] == listed.json()["rules"]
    assert len(messages) > 50


async def test_stream_that_cannot_begin_is_an_error(run: Grpcurl) -> None:
    said = await run.call(
        "searchway.api.fleet.v1.FleetService/StreamHits", ELASTICSEARCH, body={"text": '{"sort": "price"}'}
    )
    assert said.code == 64 + 3
    assert "body.sort" in said.errors


async def test_policy_runs_in_the_background_and_its_task_is_found(run: Grpcurl) -> None:
    policy: dict[str, Any] = {"name": "users-policy", "wait_for_completion": False}
    started = (await run.call("searchway.api.enrich.v1.EnrichService/ExecutePolicy", **policy)).json()
    task = await run.call("searchway.api.tasks.v1.TasksService/GetTask", task_id=started["task"])
    assert "completed" in task.json()


@pytest.mark.parametrize("service", ["", *SERVICES])
async def test_health_is_told(run: Grpcurl, service: str) -> None:
    assert (await run.call("grpc.health.v1.Health/Check", service=service)).json() == {"status": "SERVING"}


async def test_error_shows_its_details(run: Grpcurl) -> None:
    said = await run.call(
        "searchway.api.indices.v1.IndicesService/ShrinkIndex", ELASTICSEARCH, "-format-error", index="gone", target="t"
    )
    assert said.code == 64 + 5
    error = json.loads(said.errors)
    details = {detail["@type"].rpartition(".")[2]: detail for detail in error["details"]}
    assert error["message"] == "no such index [gone]"
    assert details["ErrorInfo"]["reason"] == "INDEX_NOT_FOUND_EXCEPTION"
    assert details["ErrorInfo"]["metadata"]["cluster"] == ELASTICSEARCH
    assert details["ResourceInfo"]["resource_name"] == "gone"
    assert details["ApiError"]["cause"]["type"] == "index_not_found_exception"
    assert details["ApiError"]["operation"] == "indices.ShrinkIndex"


async def test_refused_input_names_its_field(run: Grpcurl) -> None:
    said = await run.call("searchway.api.security.v1.SecurityService/PutRole", ELASTICSEARCH, "-format-error", role={})
    assert said.code == 64 + 3
    assert "BadRequest" in said.errors
    assert "name: is required" in said.errors


async def test_operation_of_another_engine_is_unimplemented(run: Grpcurl) -> None:
    said = await run.call("searchway.api.ism.v1.IsmService/ListPolicies", ELASTICSEARCH)
    assert said.code == 64 + 12
    assert "elasticsearch" in said.errors


async def test_field_mask_limits_the_answer(run: Grpcurl) -> None:
    mask = ("-H", "x-goog-fieldmask: allocation.node")
    said = await run.call("searchway.api.cat.v1.CatService/ListAllocation", ELASTICSEARCH, *mask)
    assert {key for row in said.json()["allocation"] for key in row} == {"node"}

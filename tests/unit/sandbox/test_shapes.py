"""Bodies with one part of the wrong kind: always an answer in the engines' shape, never a crash."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from searchway.sandbox import create_sandbox, load_example_data
from searchway.sandbox.engines import EngineName
from unit.sandbox.asgi import ask

WRONG: tuple[Any, ...] = (None, 1, -1, "x", "", True, [], {}, [1], [None], [[]], {"x": 1})
POLICY = {
    "policy": {
        "description": "d",
        "default_state": "a",
        "states": [
            {
                "name": "a",
                "actions": [{"retry": {"count": 1}, "timeout": "1h", "rollover": {"min_doc_count": 1}}],
                "transitions": [{"state_name": "a", "conditions": {"min_index_age": "1d"}}],
            }
        ],
        "ism_template": [{"index_patterns": ["zz*"], "priority": 1}],
    }
}
ROLE = {
    "cluster": ["all"],
    "global": {"application": {}},
    "indices": [
        {"names": ["a"], "privileges": ["read"], "field_security": {"grant": ["a"]}, "query": {"match_all": {}}}
    ],
    "applications": [{"application": "a", "privileges": ["p"], "resources": ["*"]}],
    "run_as": ["x"],
    "metadata": {"a": 1},
    "remote_indices": [{"clusters": ["c"], "names": ["a"], "privileges": ["read"]}],
    "remote_cluster": [{"clusters": ["c"], "privileges": ["monitor_stats"]}],
    "description": "d",
}
SEARCH = {
    "query": {
        "bool": {
            "must": [{"term": {"a": 1}}, {"match": {"a": {"query": "x"}}}, {"range": {"a": {"gte": 1}}}],
            "filter": [{"ids": {"values": ["1"]}}, {"terms": {"a": [1]}}, {"exists": {"field": "a"}}],
            "minimum_should_match": 1,
        }
    },
    "size": 1,
    "sort": [{"a": {"order": "asc"}}],
    "search_after": [1],
    "_source": {"includes": ["a"]},
    "aggs": {"m": {"max": {"field": "a"}}},
}
BODIES: list[tuple[EngineName, str, Any]] = [
    (
        "elasticsearch",
        "PUT /i",
        {
            "settings": {"index": {"number_of_shards": 1}},
            "mappings": {"properties": {"a": {"type": "keyword"}}},
            "aliases": {"al": {"routing": "1"}},
        },
    ),
    (
        "elasticsearch",
        "PUT /logs-2026.01.01/_shrink/s",
        {"settings": {"index.number_of_shards": 2}, "aliases": {"a": {}}},
    ),
    ("elasticsearch", "PUT /_security/role/r", ROLE),
    ("elasticsearch", "POST /_security/role", {"roles": {"r": ROLE}}),
    ("elasticsearch", "DELETE /_security/role", {"names": ["a"]}),
    (
        "elasticsearch",
        "PUT /_enrich/policy/e",
        {"match": {"indices": "users", "match_field": "e", "enrich_fields": ["n"]}},
    ),
    (
        "elasticsearch",
        "PUT /_ml/anomaly_detectors/j",
        {"analysis_config": {"bucket_span": "1h"}, "data_description": {}},
    ),
    ("elasticsearch", "POST /_ml/anomaly_detectors/request-rate/_flush", {"calc_interim": True, "start": "1"}),
    ("elasticsearch", "PUT /_index_template/t", {"index_patterns": ["q*"], "data_stream": {}, "template": {}}),
    ("elasticsearch", "POST /users/_search", SEARCH),
    ("opensearch", "PUT /_plugins/_ism/policies/p", POLICY),
    ("opensearch", "POST /_plugins/_ism/add/logs-*", {"policy_id": "log-retention"}),
    (
        "opensearch",
        "POST /_plugins/_ism/change_policy/logs-*",
        {"policy_id": "log-retention", "include": [{"state": "a"}]},
    ),
    ("opensearch", "POST /_plugins/_ism/retry/logs-*", {"state": "old"}),
    ("opensearch", "POST /_plugins/_ism/explain/logs-*", {"filter": {"policy_id": "x"}}),
    ("opensearch", "PUT /_rules/workload_group", {"description": "d", "index_pattern": ["a"], "workload_group": "g"}),
]


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield from paths(part, (*path, step))


def replaced(value: Any, path: tuple[str | int, ...], part: Any) -> Any:
    if not path:
        return part
    changed = copy.deepcopy(value)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = part
    return changed


@pytest.mark.parametrize(("engine", "request_line", "body"), BODIES, ids=[line for _, line, _ in BODIES])
async def test_a_part_of_the_wrong_kind_is_answered(engine: EngineName, request_line: str, body: Any) -> None:
    sandbox = create_sandbox(engine)
    load_example_data(sandbox)
    for path in paths(body):
        for part in WRONG:
            answer = await ask(sandbox, request_line, json.dumps(replaced(body, path, part)))
            # A rule without its value is the one thing that the engine itself calls a failure of its own.
            assert answer.status < 500 or answer.reason.startswith("Cannot compute ID")
            assert answer.status < 400 or {"root_cause", "type", "reason"} <= set(answer.document["error"])

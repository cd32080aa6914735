"""Example data for the demo: enough that every documented operation has something to show.

It is written through the handlers of the operations themselves, so it is as valid as what a user
writes.
"""

from typing import Any

import orjson

from searchway.sandbox.app import Sandbox
from searchway.sandbox.call import Call
from searchway.sandbox.cluster import Cluster
from searchway.sandbox.operations import build_router

_DAYS = ("2026.01.01", "2026.01.02", "2026.01.03")
_TEAMS = ("payments", "search", "billing", "fraud", "shipping", "catalog")
_RULES = 120


def load_example_data(sandbox: Sandbox) -> None:
    """Fill an empty sandbox with indices, documents and whatever its engine manages."""
    cluster = sandbox.state
    write = _Writer(cluster)
    _load_indices(write)
    if cluster.engine.is_elasticsearch:
        _load_elasticsearch(write)
    if cluster.engine.ism_prefixes:
        _load_policies(write, cluster.engine.ism_prefixes[0])
    if cluster.engine.is_opensearch:
        _load_rules(write)


class _Writer:
    """Calls operations without a server."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._router = build_router(cluster.engine)

    def __call__(self, method: str, path: str, body: Any = None) -> None:
        route, variables = self._router.find(method, path)
        text = b"" if body is None else orjson.dumps(body)
        call = Call(method=method, raw_path=path, path=path, variables=variables, query={}, headers={}, body=text)
        route.handler(self._cluster, call)


def _load_indices(write: _Writer) -> None:
    mappings = {"properties": {"@timestamp": {"type": "date"}, "service": {"type": "keyword"}}}
    for day in _DAYS:
        name = f"logs-{day}"
        settings = {"number_of_shards": 4, "number_of_replicas": 1 if day == _DAYS[-1] else 0}
        write("PUT", f"/{name}", {"settings": settings, "mappings": mappings, "aliases": {"logs": {}}})
        for number in range(20):
            stamp = f"{day.replace('.', '-')}T12:{number:02}:00Z"
            team = _TEAMS[number % len(_TEAMS)]
            document = {
                "@timestamp": stamp,
                "service": team,
                "status": 200 + number % 5,
                "message": f"request {number}",
            }
            write("PUT", f"/{name}/_doc/{number}", document)
    write("PUT", f"/logs-{_DAYS[0]}/_settings", {"index.blocks.write": True})


def _load_elasticsearch(write: _Writer) -> None:
    write("PUT", "/_security/role/log_reader", {"indices": [{"names": ["logs-*"], "privileges": ["read"]}]})
    write("PUT", "/_security/role/cluster_watcher", {"cluster": ["monitor"], "description": "Watches the cluster"})
    template = {"mappings": {"properties": {"@timestamp": {"type": "date"}}}}
    write("PUT", "/_index_template/metrics", {"index_patterns": ["metrics-*"], "data_stream": {}, "template": template})
    write("PUT", "/_data_stream/metrics-web")
    write("PUT", "/users", {"settings": {"number_of_replicas": 0}})
    write("PUT", "/users/_doc/1", {"email": "ada@example.org", "name": "Ada", "city": "London"})
    match = {"indices": ["users"], "match_field": "email", "enrich_fields": ["name", "city"]}
    write("PUT", "/_enrich/policy/users-policy", {"match": match})
    job = {"analysis_config": {"bucket_span": "15m", "detectors": [{"function": "count"}]}, "data_description": {}}
    write("PUT", "/_ml/anomaly_detectors/request-rate", job)
    write("POST", "/_ml/anomaly_detectors/request-rate/_open")


def _load_policies(write: _Writer, prefix: str) -> None:
    states = [
        {"name": "hot", "actions": [], "transitions": [{"state_name": "old", "conditions": {"min_index_age": "30d"}}]},
        {"name": "old", "actions": [{"delete": {}}], "transitions": []},
    ]
    for name, description in (("log-retention", "Deletes logs after a month"), ("metric-retention", "The same")):
        policy = {"description": description, "default_state": "hot", "states": states}
        write("PUT", f"/{prefix}/_ism/policies/{name}", {"policy": policy})
    write("POST", f"/{prefix}/_ism/add/logs-*", {"policy_id": "log-retention"})


def _load_rules(write: _Writer) -> None:
    for number in range(_RULES):
        team = _TEAMS[number % len(_TEAMS)]
        rule = {
            "description": f"Queries of {team}, part {number}",
            "index_pattern": [f"{team}-{number}-*"],
            "workload_group": f"group-{team}",
        }
        write("PUT", "/_rules/workload_group", rule)

"""Data streams: templates for them, creating, reading, deleting, and atomic changes.

See https://www.elastic.co/docs/api/doc/elasticsearch/group/endpoint-data-stream. Open Distro has none.
"""

from datetime import UTC, datetime
from typing import Any

from searchway.sandbox.call import ACKNOWLEDGED, Call, Reply
from searchway.sandbox.cluster import Cluster, DataStream, Index, is_pattern
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError, illegal_argument, index_not_found, invalid_index_name
from searchway.sandbox.indices import drop_index, new_settings
from searchway.sandbox.jsontext import read_map
from searchway.sandbox.modification import apply_actions
from searchway.sandbox.modificationbody import read_actions
from searchway.sandbox.modificationopensearch import read_opensearch_actions
from searchway.sandbox.router import Privilege, Route, route
from searchway.sandbox.shapes import TemplateBody, check
from searchway.sandbox.wildcards import wildcard

_TIMES = "master_timeout timeout"
# The release from which OpenSearch changes data streams.
_MODIFIES = (3, 8)
_TIMESTAMP = {"properties": {"@timestamp": {"type": "date"}}}


def routes(engine: Engine) -> list[Route]:
    """Return the routes of this family."""
    if engine.name == "opendistro":
        return []
    templates = Privilege(
        action="indices:admin/index_template/put", granted_by=("manage_index_templates", "manage", "all")
    )
    view = Privilege(action="indices:admin/data_stream/get", granted_by=("monitor", "manage", "all"))
    change = Privilege(action="indices:admin/data_stream/modify", granted_by=("manage", "all"))
    shown = f"{_TIMES} expand_wildcards include_defaults verbose"
    routes = [
        route("PUT POST", "/_index_template/{name}", put_template, f"{_TIMES} create cause", templates),
        route("GET HEAD", "/_index_template/{name}", get_template, f"{_TIMES} flat_settings local", templates),
        route("DELETE", "/_index_template/{name}", delete_template, _TIMES, templates),
        route("PUT", "/_data_stream/{name}", create_stream, _TIMES, change),
        route("GET", "/_data_stream", get_streams, shown, view),
        route("GET", "/_data_stream/{name}", get_streams, shown, view),
        route("DELETE", "/_data_stream/{name}", delete_stream, f"{_TIMES} expand_wildcards", change),
    ]
    if engine.is_elasticsearch:
        routes.append(route("POST", "/_data_stream/_modify", modify, _TIMES, change))
    elif engine.release >= _MODIFIES:
        routes.append(route("POST", "/_data_stream/_modify", modify, "cluster_manager_timeout timeout", change))
    return routes


def put_template(cluster: Cluster, call: Call) -> Reply:
    """Store an index template.

    Raises:
        EngineError: for a body that is no object.
    """
    cluster.templates[call.variables["name"]] = check(TemplateBody, read_map(cluster.engine, call))
    return ACKNOWLEDGED


def get_template(cluster: Cluster, call: Call) -> Reply:
    """Return one index template.

    Raises:
        EngineError: resource_not_found_exception.
    """
    name = _template(cluster, call)
    return Reply(body={"index_templates": [{"name": name, "index_template": cluster.templates[name]}]})


def delete_template(cluster: Cluster, call: Call) -> Reply:
    """Forget an index template.

    Raises:
        EngineError: resource_not_found_exception.
    """
    del cluster.templates[_template(cluster, call)]
    return ACKNOWLEDGED


def create_stream(cluster: Cluster, call: Call) -> Reply:
    """Create a data stream after the template that matches its name.

    Raises:
        EngineError: for a bad name, an existing stream, or no matching template.
    """
    name = call.variables["name"]
    if name.startswith(("_", "-", "+")):
        raise illegal_argument(f"data_stream [{name}] must not start with '_', '-', or '+'")
    if name in cluster.data_streams:
        raise EngineError(400, "resource_already_exists_exception", f"data_stream [{name}] already exists")
    template = _matching_template(cluster, name)
    if template is None:
        raise illegal_argument(f"no matching index template found for data stream [{name}]")
    made_from = cluster.templates[template].get("template") or {}
    settings = new_settings(cluster, {"hidden": True, **(made_from.get("settings") or {})})
    backing = cluster.add_index(_backing_name(cluster, name, 1), settings, _mappings(made_from), {})
    cluster.data_streams[name] = DataStream(name=name, template=template, indices=[backing.name])
    return ACKNOWLEDGED


def get_streams(cluster: Cluster, call: Call) -> Reply:
    """Return data streams by names and patterns; all without any.

    Raises:
        EngineError: index_not_found_exception for a name that is none.
    """
    return Reply(body={"data_streams": [_describe(cluster, stream) for stream in _named(cluster, call)]})


def delete_stream(cluster: Cluster, call: Call) -> Reply:
    """Delete data streams with their indices.

    Raises:
        EngineError: index_not_found_exception, on Elasticsearch alone.
    """
    try:
        found = _named(cluster, call)
    except EngineError:
        if cluster.engine.is_elasticsearch:
            raise
        found = []
    for stream in found:
        for index in (*stream.indices, *stream.failures):
            drop_index(cluster, index)
        del cluster.data_streams[stream.name]
    return ACKNOWLEDGED


def modify(cluster: Cluster, call: Call) -> Reply:
    """Run a list of changes, all or none.

    Raises:
        EngineError: for the first change that cannot be made.
    """
    opensearch = cluster.engine.is_opensearch
    apply_actions(cluster, read_opensearch_actions(call) if opensearch else read_actions(cluster.engine, call))
    return ACKNOWLEDGED


def _template(cluster: Cluster, call: Call) -> str:
    name = call.variables["name"]
    if name not in cluster.templates:
        reason = f"index template matching [{name}] not found"
        raise EngineError(404, "resource_not_found_exception", reason)
    return name


def _matching_template(cluster: Cluster, name: str) -> str | None:
    found = [
        (template.get("priority", 0), key)
        for key, template in cluster.templates.items()
        if "data_stream" in template and any(wildcard(each).fullmatch(name) for each in template["index_patterns"])
    ]
    return max(found)[1] if found else None


def _backing_name(cluster: Cluster, name: str, generation: int) -> str:
    if not cluster.engine.is_elasticsearch:
        return f".ds-{name}-{generation:06}"
    day = _day(cluster.now())
    return f".ds-{name}-{day}-{generation:06}"


def _day(millis: int) -> str:
    return datetime.fromtimestamp(millis / 1000, UTC).strftime("%Y.%m.%d")


def _mappings(template: dict[str, Any]) -> dict[str, Any]:
    given = template.get("mappings") or {}
    return {**given, "properties": {**_TIMESTAMP["properties"], **(given.get("properties") or {})}}


def _named(cluster: Cluster, call: Call) -> list[DataStream]:
    found: dict[str, DataStream] = {}
    for name in call.names("name") or ["*"]:
        if name.startswith("_") and name != "_all":
            raise invalid_index_name(name, "must not start with '_'.")
        if is_pattern(name):
            pattern = wildcard("*" if name == "_all" else name)
            found.update((each.name, each) for each in cluster.data_streams.values() if pattern.fullmatch(each.name))
        elif name in cluster.data_streams:
            found[name] = cluster.data_streams[name]
        else:
            raise index_not_found(name)
    return list(found.values())


def _describe(cluster: Cluster, stream: DataStream) -> dict[str, Any]:
    indices = [cluster.indices[name] for name in stream.indices]
    yellow = any(cluster.copies(index) <= index.replicas for index in indices)
    described: dict[str, Any] = {
        "name": stream.name,
        "timestamp_field": {"name": "@timestamp"},
        "indices": [_describe_index(cluster, index) for index in indices],
        "generation": stream.generation,
        "status": "YELLOW" if yellow else "GREEN",
        "template": stream.template,
    }
    if cluster.engine.is_elasticsearch:
        flags = ("hidden", "system", "allow_custom_routing", "replicated", "rollover_on_write")
        described |= dict.fromkeys(flags, False)
    return described


def _describe_index(cluster: Cluster, index: Index) -> dict[str, Any]:
    managed = {"prefer_ilm": True, "managed_by": "Unmanaged"} if cluster.engine.is_elasticsearch else {}
    return {"index_name": index.name, "index_uuid": index.uuid, **managed}

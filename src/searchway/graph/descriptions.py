"""What introspection tells about an operation beside its comment: a line derived from its record, and its documentation.

Must not know GraphQL libraries.
"""

from searchway.contract.records import Availability, Engine, Field, Operation, Retry

_ENGINES = {
    Engine.ELASTICSEARCH: "Elasticsearch",
    Engine.OPENSEARCH: "OpenSearch",
    Engine.OPENDISTRO: "Open Distro",
}
_RETRIES = {
    Retry.SAFE: "retried on another node",
    Retry.UNSENT: "retried only if never sent",
    Retry.NEVER: "never retried",
}


def describe(operation: Operation) -> str:
    """Return the description of an operation: comment, routes with engines and retry class, documentation."""
    return "\n\n".join(filter(None, (operation.comment, facts(operation), operation.link)))


def facts(operation: Operation) -> str:
    """Return one line such as `PUT /_security/role/{name} · Elasticsearch · retried only if never sent`."""
    routes = " or ".join(f"{binding.method} {binding.path}" for binding in operation.bindings)
    engines = ", ".join(map(_engine, operation.engines))
    return " · ".join(filter(None, (routes, engines, _RETRIES[operation.retry])))


def describe_field(field: Field) -> str:
    """Return the description of an input field: comment, and the engines that take it where not all do."""
    engines = f"Only {' and '.join(map(_engine, field.engines))}." if field.engines else ""
    return "\n\n".join(filter(None, (field.comment, engines)))


def _engine(availability: Availability) -> str:
    since = ".".join(map(str, availability.since))
    return f"{_ENGINES[availability.engine]} {since}+" if since else _ENGINES[availability.engine]

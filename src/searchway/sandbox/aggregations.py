"""Metric aggregations over matching documents: min, max, sum, avg and value_count.

See https://www.elastic.co/docs/reference/aggregations/.
"""

from collections.abc import Callable
from typing import Any

from searchway.sandbox.cluster import Document, Index
from searchway.sandbox.errors import EngineError
from searchway.sandbox.queries import field_values

_METRICS: dict[str, Callable[[list[Any]], Any]] = {
    "min": lambda values: float(min(values)) if values else None,
    "max": lambda values: float(max(values)) if values else None,
    "sum": lambda values: float(sum(values)),
    "avg": lambda values: sum(values) / len(values) if values else None,
    "value_count": len,
}


def check_aggregations(aggregations: dict[str, Any]) -> None:
    """Refuse aggregations that are not offered.

    Raises:
        EngineError: parsing_exception naming the type.
    """
    for body in aggregations.values():
        kind = next(iter(body), "")
        if kind not in _METRICS or not isinstance(body[kind], dict):
            raise EngineError(400, "parsing_exception", f"Unknown aggregation type [{kind}]", line=1, col=1)


def aggregate(hits: list[tuple[Index, Document]], aggregations: dict[str, Any], *, typed: bool) -> dict[str, Any]:
    """Return each aggregation's value, its type before its name if `typed`."""
    results = {}
    for name, body in aggregations.items():
        kind, options = next(iter(body.items()))
        values = [value for _, document in hits for value in field_values(document, options.get("field", ""))]
        results[f"{kind}#{name}" if typed else name] = {"value": _METRICS[kind](values)}
    return results

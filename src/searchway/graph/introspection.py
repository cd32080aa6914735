"""What a document asks about the schema itself: executed by graphql-core, counted while it is, and written down once.

A few levels of types and their fields multiply into millions of values, so the work ends where the limit is reached.
https://spec.graphql.org/October2021/#sec-Introspection
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from graphql import GraphQLError, OperationDefinitionNode
from graphql.execution.middleware import MiddlewareManager

from searchway.graph.documents import Document
from searchway.graph.plan import Description, Plan


class _TooManyError(BaseException):
    """The limit is reached; no error of a field, so that graphql-core does not go on with the next one."""


def describe(
    document: Document, operation: OperationDefinitionNode, given: Mapping[str, Any], plan: Plan, most: int
) -> Description:
    """Execute the fields about the schema.

    Args:
        document: the document.
        operation: the operation of it that is executed.
        given: the variables as they came.
        plan: the plan of the operation.
        most: the most values that the answer may hold.
    """
    executor = document.executor(operation, given, MiddlewareManager(_count(most)))
    root = document.schema.get_root_type(operation.operation)
    assert root is not None  # noqa: S101  # the plan came from it
    try:
        fields: Any = executor.execute_fields(root, None, None, plan.meta, None)
    except _TooManyError:
        problem = f"The answer about the schema holds more than {most} values; at most {most} are allowed"
        nodes = [details[0].node for details in plan.meta.values()]
        error = GraphQLError(f"{problem} (limits.introspection_values).", nodes)
        return Description(fields=dict.fromkeys(plan.meta), size=0, errors=(error,))
    written = {out: orjson.dumps(value) for out, value in fields.items()}
    return Description(
        fields={out: orjson.Fragment(text) for out, text in written.items()},
        size=sum(map(len, written.values())),
        errors=tuple(executor.collected_errors.errors),
    )


def _count(most: int) -> Callable[..., Any]:
    """Return a middleware that counts the fields that are resolved, and ends the work when there are too many."""
    resolved = 0

    def count(resolve: Callable[..., Any], source: Any, info: Any, **arguments: Any) -> Any:
        nonlocal resolved
        resolved += 1
        if resolved > most:
            raise _TooManyError
        return resolve(source, info, **arguments)

    return count

"""Which cluster a part of a document is for: the one that its argument names, else that of the request.

{ logs: ism(cluster: "logs") { … } shop: ism(cluster: $shop) { … } }
"""

from graphql import FieldNode, StringValueNode, ValueNode, VariableNode
from graphql.execution.values import VariableValues

from searchway.errors import InvalidArgumentError
from searchway.graph.names import CLUSTER_ARGUMENT


def cluster_argument(node: FieldNode) -> ValueNode | None:
    """Return what a field gives as its cluster; None if it gives nothing."""
    given = node.arguments or ()
    return next((argument.value for argument in given if argument.name.value == CLUSTER_ARGUMENT), None)


def cluster_of(given: ValueNode | None, values: VariableValues) -> str | None:
    """Return the name of the cluster that an argument gives; None if it gives none, or null: that of the request is meant.

    Args:
        given: what stands in the document.
        values: the variables of the request.
    """
    if isinstance(given, VariableNode):
        name: str | None = values.coerced.get(given.name.value)
        return name
    return given.value if isinstance(given, StringValueNode) else None


def check_cluster(given: ValueNode | None, values: VariableValues) -> None:
    """Check that an argument does not give an empty name, which a header may: whoever writes it means some cluster.

    Raises:
        InvalidArgumentError: it does.
    """
    if given is not None and cluster_of(given, values) == "":
        raise InvalidArgumentError(CLUSTER_ARGUMENT, "got '', expected the name of a configured cluster")


def are_the_same(one: ValueNode | None, other: ValueNode | None) -> bool:
    """Tell whether two arguments give the same name, whatever the variables are."""
    return _text(one) == _text(other)


def _text(given: ValueNode | None) -> tuple[str, str]:
    if isinstance(given, VariableNode):
        return "variable", given.name.value
    return ("text", given.value) if isinstance(given, StringValueNode) else ("", "")

"""Relay connections: the type of every paged list.

https://relay.dev/graphql/connections.htm
"""

from typing import Any

from strawberry.types.arguments import StrawberryArgument

from searchway.contract.records import Field, Operation, Pages, Role
from searchway.engine.paging import PageRequest
from searchway.graph import names
from searchway.graph.types import TypeFactory, add_field, object_type, plain_argument

PAGE_FIELDS = frozenset({"next_page_token", "total_size"})
"""Response fields whose part `pageInfo` and `totalCount` play."""

_NEXT = (
    "Whether more items follow. Where a list can be asked for without pages, as a search can, and is: whether there are more "
    "items than these, as far as the server counts them."
)

_COUNT = "The number of all items; null if the server does not tell it exactly, or if it has more than 31 bits."


def page_info_type() -> type:
    """Make the type that tells where a page stands."""
    cls = object_type("PageInfo", "Where a page stands in its list.")
    add_field(cls, "hasNextPage", bool, _NEXT)
    add_field(cls, "hasPreviousPage", bool, "Whether items come before.")
    add_field(cls, "startCursor", str | None, "The cursor of the first item; null if there is none.")
    add_field(cls, "endCursor", str | None, "The cursor of the last item, for `after`; null if there is none.")
    return cls


def connection_type(
    operation: Operation, items: Field, types: TypeFactory, claims: names.Claims, page_info: type
) -> type:
    """Make the connection of a paged operation: edges, page, count, and the other fields of its answer."""
    name = names.connection_type(operation)
    cls = object_type(claims.claim(name + "Connection", operation.name), operation.response.comment)
    edge = _edge_type(claims.claim(name + "Edge", operation.name), items, types)
    add_field(cls, "edges", list[edge], items.comment)  # type: ignore[valid-type]  # made at run time
    add_field(cls, "pageInfo", page_info, "Where the page stands.")
    add_field(cls, "totalCount", int | None, _COUNT)
    for field in other_fields(operation):
        types.add_output(cls, field)
    return cls


def takes_end(operation: Operation) -> bool:
    """Tell whether a list can be read from its end: where the server gives it as a whole."""
    return operation.paging is not None and operation.paging.pages is Pages.WHOLE


def end_arguments() -> list[StrawberryArgument]:
    """Return the arguments that read a list from its end."""
    return [
        plain_argument("last", int, "The largest number of items, counted from the end of what `first` would leave."),
        plain_argument(
            "before", str, "Where to end: a cursor of the page behind, such as its `pageInfo { startCursor }`."
        ),
    ]


def page_request(arguments: dict[str, Any]) -> PageRequest | None:
    """Take what no message can say out of the arguments of a list: None if it says everything.

    Raises:
        InvalidArgumentError: a number of items is negative.
    """
    size, last, before = arguments.get("page_size"), arguments.pop("last", None), arguments.pop("before", None)
    if size != 0 and last is None and not before:
        return None
    return PageRequest(size=size, token=arguments.get("page_token") or "", last=last, before=before or "")


def other_fields(operation: Operation) -> list[Field]:
    """Return the fields of a paged answer that are neither the items nor the paging itself."""
    return [f for f in operation.response if f is not operation.items and not _is_page(f)]


def _is_page(field: Field) -> bool:
    return field.role is Role.LOCAL and field.name in PAGE_FIELDS


def _edge_type(name: str, items: Field, types: TypeFactory) -> type:
    cls = object_type(name, "An item and where it stands.")
    node = types.output(items.shape) if items.shape else str
    add_field(cls, "node", node, "The item.", contract=items)
    add_field(cls, "cursor", str, "Where the item stands, for `after`; empty if the list was asked for without pages.")
    return cls

"""What the contract says of things with an identity, checked when it is read."""

from collections.abc import Iterable, Mapping

from searchway.contract.records import Entity, Field, Kind, Operation, Role, Shape, shapes_below
from searchway.contract.shapes import ContractError


def holder(operation: Operation, entity: Entity) -> Field:
    """Return the field of an answer that holds an entity.

    Raises:
        ContractError: none does.
    """
    for field in operation.response:
        if field.shape is not None and field.shape.entity is entity:
            return field
    raise ContractError(f"the entity {entity.name} is read by {operation.name}, whose answer does not hold one")


def check_entities(operations: Mapping[str, Operation]) -> None:
    """Check that entities have names of their own, that what reads them can, and that what requests give is given.

    Raises:
        ContractError: it is not so; names the message or the operation.
    """
    owners: dict[str, Shape] = {}
    for operation in operations.values():
        for shape in shapes_below(operation.response):
            _check_given(operation, shape)
            if shape.entity is not None and owners.setdefault(shape.entity.name, shape) is not shape:
                raise ContractError(f"{shape.name} and {owners[shape.entity.name].name} are entities of one name")
    for shape in owners.values():
        assert shape.entity is not None  # noqa: S101  # as found above
        if shape.entity.read:
            _check_read(shape.entity, operations.get(shape.entity.read))


def _check_given(operation: Operation, shape: Shape) -> None:
    given = [field.name for field in shape if field.role is Role.GIVEN]
    if unknown := _unknown(operation, given):
        raise ContractError(
            f"{shape.name} takes {unknown} from the request, and that of {operation.name} has no such text"
        )


def _check_read(entity: Entity, operation: Operation | None) -> None:
    if operation is None or not operation.read_only or operation.streaming:
        raise ContractError(f"the entity {entity.name} is read by {entity.read}, which is no operation that reads")
    holder(operation, entity)
    wanted = [entity.joined] if entity.joined else [field.name for field in entity.identity.key]
    if unknown := _unknown(operation, wanted):
        raise ContractError(f"the entity {entity.name} is read by {entity.read}, which takes no text {unknown}")


def _unknown(operation: Operation, names: Iterable[str]) -> str:
    """Return the names that no text of a request has."""
    fields = operation.request.by_name
    return ", ".join(name for name in names if name not in fields or fields[name].kind is not Kind.STRING)

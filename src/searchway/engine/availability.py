"""Whether the cluster's engine has an operation, or takes a field of it: what it certainly does not is refused before anything is sent."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

from searchway.contract.records import Availability, Engine, Field, Operation, Shape
from searchway.errors import Applied, Code, Failure, UnimplementedError
from searchway.transcode.checks import is_given
from searchway.upstream import Product
from searchway.vocabulary import CLUSTER

_TITLES = {Engine.ELASTICSEARCH: "Elasticsearch", Engine.OPENSEARCH: "OpenSearch", Engine.OPENDISTRO: "Open Distro"}


@cache
def depends_on_product(operation: Operation) -> bool:
    """Tell whether the engine decides if, since when, or under which path there is the operation."""
    everywhere = {a.engine for a in operation.engines} == set(Engine)
    return not everywhere or any(a.since or a.prefix for a in operation.engines)


@cache
def has_paths_of_products(operation: Operation) -> bool:
    """Tell whether the engine decides under which path there is the operation."""
    return len({a.prefix for a in operation.engines}) > 1


@lru_cache(maxsize=1024)
def is_available(operation: Operation, product: Product) -> bool:
    """Tell whether the product has the operation, as far as can be told."""
    return _has(operation.availability(product.engine), product)


def check_available(operation: Operation, product: Product, field: str = "", *, has_others: bool = False) -> None:
    """Check that the product has the operation.

    Args:
        operation: the operation.
        product: what the cluster runs.
        field: the field of the input that asks for it, if that is not the call itself.
        has_others: whether there are other clusters to choose from.

    Raises:
        UnimplementedError: it certainly does not.
    """
    if not is_available(operation, product):
        raise _refused(_problem(operation.name, operation.engines, product), field, has_others=has_others)


def check_fields(operation: Operation, message: Any, product: Product, *, has_others: bool = False) -> None:
    """Check that the product takes the fields that are given, where not every engine that has the operation does.

    Raises:
        UnimplementedError: it certainly does not take one of them.
    """
    for path, field in restricted_fields(operation.request, message):
        if not _has(_of_engine(field.engines, product), product):
            problem = _problem(f"{field.name} of {operation.name}", field.engines, product)
            raise _refused(problem, path, has_others=has_others)


def restricted_fields(shape: Shape, message: Any, path: str = "") -> Iterator[tuple[str, Field]]:
    """Yield the fields that are given and that not every engine takes, with the way to them."""
    for field in shape.restricted:
        if not is_given(field, message):
            continue
        value, at = getattr(message, field.name), path + field.name
        if field.engines:
            yield at, field
        if field.shape is not None:
            for where, one in _items(field, value, at):
                yield from restricted_fields(field.shape, one, f"{where}.")


def _items(field: Field, value: Any, path: str) -> Iterator[tuple[str, Any]]:
    return ((f"{path}[{index}]", one) for index, one in enumerate(value)) if field.repeated else iter([(path, value)])


def _has(found: Availability | None, product: Product) -> bool:
    """Tell whether the product is one of the version that has it; not knowing its version refuses nothing."""
    version = _numbers(product.version)
    return found is not None and not (found.since and version and version < found.since)


def _of_engine(engines: Iterable[Availability], product: Product) -> Availability | None:
    return next((a for a in engines if a.engine is product.engine), None)


def _problem(name: str, engines: Sequence[Availability], product: Product) -> str:
    title, found = _TITLES[product.engine], _of_engine(engines, product)
    if found is None:
        return f"{title} has no {name}, only {' and '.join(_TITLES[a.engine] for a in engines)}"
    since = ".".join(map(str, found.since))
    return f"{title} has {name} since {since}, and this cluster is {product.version}"


def _refused(problem: str, field: str, *, has_others: bool) -> UnimplementedError:
    message = f"{field}: {problem}" if field else problem
    message += f"; {CLUSTER} chooses another cluster" if has_others else ""
    return UnimplementedError(Failure(code=Code.UNIMPLEMENTED, message=message, field=field, applied=Applied.NO))


def _numbers(version: str) -> tuple[int, ...]:
    head = version.split("-", 1)[0].split(".")
    return tuple(int(part) for part in head) if all(part.isdigit() for part in head) else ()

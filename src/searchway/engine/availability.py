"""Whether the cluster's engine has an operation at all: what it certainly has not is refused before anything is sent."""

from functools import cache, lru_cache

from searchway.contract.records import Engine, Operation
from searchway.errors import Applied, Code, Failure, UnimplementedError
from searchway.upstream import CLUSTER_HEADER, Product

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
    found = operation.availability(product.engine)
    version = _numbers(product.version)
    return found is not None and not (found.since and version and version < found.since)


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
    if is_available(operation, product):
        return
    message = f"{field}: {_problem(operation, product)}" if field else _problem(operation, product)
    message += f"; {CLUSTER_HEADER} chooses another cluster" if has_others else ""
    raise UnimplementedError(Failure(code=Code.UNIMPLEMENTED, message=message, field=field, applied=Applied.NO))


def _problem(operation: Operation, product: Product) -> str:
    title, found = _TITLES[product.engine], operation.availability(product.engine)
    if found is None:
        there = " and ".join(_TITLES[a.engine] for a in operation.engines)
        return f"{title} has no {operation.name}, only {there}"
    since = ".".join(map(str, found.since))
    return f"{title} has {operation.name} since {since}, and this cluster is {product.version}"


def _numbers(version: str) -> tuple[int, ...]:
    head = version.split("-", 1)[0].split(".")
    return tuple(int(part) for part in head) if all(part.isdigit() for part in head) else ()

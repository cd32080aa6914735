import pytest

from searchway.contract.catalog import load
from searchway.contract.records import Engine
from searchway.engine.availability import check_available, depends_on_product
from searchway.errors import Applied, UnimplementedError
from searchway.upstream import Product


@pytest.mark.parametrize(
    ("name", "depends"),
    [("cat.ListAllocation", False), ("ism.GetPolicy", True), ("security.BulkPutRole", True), ("rules.GetRule", True)],
)
def test_product_matters_only_where_it_decides(name: str, depends: bool) -> None:
    assert depends_on_product(load().operation(name)) is depends


@pytest.mark.parametrize(
    ("name", "engine", "version"),
    [
        ("cat.ListAllocation", Engine.OPENDISTRO, "7.10.2"),
        ("security.BulkPutRole", Engine.ELASTICSEARCH, "8.15.0"),
        ("security.BulkPutRole", Engine.ELASTICSEARCH, "9.5.3-SNAPSHOT"),
        ("security.BulkPutRole", Engine.ELASTICSEARCH, ""),  # not known: refuses nothing
        ("security.BulkPutRole", Engine.ELASTICSEARCH, "main"),
        ("rules.GetRule", Engine.OPENSEARCH, "3.0"),
    ],
)
def test_operation_that_is_or_may_be_there_passes(name: str, engine: Engine, version: str) -> None:
    check_available(load().operation(name), Product(engine=engine, version=version))


@pytest.mark.parametrize(
    ("name", "engine", "version", "said"),
    [
        ("security.PutRole", Engine.OPENSEARCH, "3.6.0", "OpenSearch has no security.PutRole, only Elasticsearch"),
        ("ism.GetPolicy", Engine.ELASTICSEARCH, "8.19.21", "only OpenSearch and Open Distro"),
        ("security.BulkPutRole", Engine.ELASTICSEARCH, "8.14.3", "since 8.15, and this cluster is 8.14.3"),
        ("rules.GetRule", Engine.OPENSEARCH, "2.19.1", "since 3.0"),
    ],
)
def test_operation_that_is_certainly_not_there_is_refused(name: str, engine: Engine, version: str, said: str) -> None:
    with pytest.raises(UnimplementedError, match=said) as caught:
        check_available(load().operation(name), Product(engine=engine, version=version))
    assert caught.value.failure.applied is Applied.NO


def test_where_there_are_other_clusters_the_way_to_them_is_told() -> None:
    product = Product(engine=Engine.ELASTICSEARCH, version="9.5.0")
    with pytest.raises(UnimplementedError, match="Open Distro; x-searchway-cluster chooses another cluster"):
        check_available(load().operation("ism.GetPolicy"), product, has_others=True)

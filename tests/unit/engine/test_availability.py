from typing import Any

import pytest

from searchway.contract.catalog import load
from searchway.contract.records import Engine
from searchway.engine.availability import check_available, check_fields, depends_on_product, restricted_fields
from searchway.errors import Applied, UnimplementedError
from searchway.transcode import inputs
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


def message(name: str, **values: Any) -> Any:
    return inputs.build(load().operation(name).request, values)


ON = {"data_stream": "d", "index": "i"}
DELETION = {"actions": [{"add_backing_index": ON}, {"delete_backing_index": {**ON, "failure_store": True}}]}


def test_fields_that_not_every_engine_takes_are_found_at_any_depth() -> None:
    operation = load().operation("indices.ModifyDataStream")
    found = restricted_fields(operation.request, message(operation.name, **DELETION))
    assert [path for path, _ in found] == [
        "actions[1].delete_backing_index",
        "actions[1].delete_backing_index.failure_store",
    ]
    assert operation.is_restricted
    assert not load().operation("indices.CreateIndex").is_restricted


@pytest.mark.parametrize(
    ("engine", "version"),
    [(Engine.ELASTICSEARCH, "9.5.0"), (Engine.ELASTICSEARCH, "10.0.1-SNAPSHOT"), (Engine.ELASTICSEARCH, "")],
)
def test_field_that_is_or_may_be_taken_passes(engine: Engine, version: str) -> None:
    operation = load().operation("indices.ModifyDataStream")
    check_fields(operation, message(operation.name, **DELETION), Product(engine=engine, version=version))


@pytest.mark.parametrize(
    ("engine", "version", "said"),
    [
        (
            Engine.OPENSEARCH,
            "3.9.0",
            "OpenSearch has no delete_backing_index of indices.ModifyDataStream, only Elastic",
        ),
        (Engine.ELASTICSEARCH, "9.4.2", "has delete_backing_index of indices.ModifyDataStream since 9.5, and this"),
    ],
)
def test_field_that_is_certainly_not_taken_is_refused(engine: Engine, version: str, said: str) -> None:
    operation = load().operation("indices.ModifyDataStream")
    with pytest.raises(UnimplementedError, match=said) as caught:
        check_fields(operation, message(operation.name, **DELETION), Product(engine=engine, version=version))
    assert caught.value.failure.field == "actions[1].delete_backing_index"
    assert caught.value.failure.applied is Applied.NO

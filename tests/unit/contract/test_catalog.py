import pytest

from searchway.contract.catalog import load
from searchway.contract.records import Engine, Form, Kind, Pages, Retry, Role
from searchway.errors import InvalidArgumentError


def test_catalogue_is_read_once() -> None:
    assert load() is load()


@pytest.mark.parametrize(
    ("name", "retry", "read_only", "idempotent"),
    [
        ("cat.ListAllocation", Retry.SAFE, True, True),
        ("security.PutRole", Retry.UNSENT, False, True),
        ("ism.CreatePolicy", Retry.UNSENT, False, False),
        ("enrich.ExecutePolicy", Retry.NEVER, False, False),
    ],
)
def test_retry_class_follows_from_the_idempotency_level(
    name: str, retry: Retry, read_only: bool, idempotent: bool
) -> None:
    operation = load().operation(name)
    assert (operation.retry, operation.read_only, operation.idempotent) == (retry, read_only, idempotent)


def test_operation_has_what_the_proto_says() -> None:
    operation = load().operation("ism.CreatePolicy")
    assert operation.grpc_path == "/searchway.api.ism.v1.IsmService/CreatePolicy"
    assert [(b.method, str(b.path), b.body) for b in operation.bindings] == [
        ("PUT", "/_plugins/_ism/policies/{policy_id}", "*")
    ]
    assert operation.link.startswith("https://docs.opensearch.org/")
    assert operation.link not in operation.comment
    opendistro = operation.availability(Engine.OPENDISTRO)
    assert opendistro is not None
    assert opendistro.prefix == "_opendistro/_ism"
    assert operation.availability(Engine.ELASTICSEARCH) is None


def test_service_defaults_give_way_to_what_an_rpc_says() -> None:
    since = {o.name: o.engines[0].since for o in load().operations.values() if o.family == "security"}
    assert since["security.BulkPutRole"] == (8, 15)
    assert since["security.PutRole"] != (8, 15)


def test_paging_and_form_are_read() -> None:
    rules, allocation = load().operation("rules.ListRules"), load().operation("cat.ListAllocation")
    assert rules.paging is not None
    assert (rules.paging.pages, rules.paging.start, rules.paging.next) == (
        Pages.AFTER,
        "search_after",
        ("search_after", "0"),
    )
    assert rules.items is rules.response.by_name["rules"]
    assert allocation.form is Form.TABLE


def test_a_message_that_contains_itself_has_one_shape() -> None:
    errors = load().operation("security.BulkPutRole").response.by_name["errors"].shape
    assert errors is not None
    cause = errors.by_name["cause"].shape
    assert cause is not None
    assert cause.by_name["caused_by"].shape is cause
    assert cause.extra is not None


def test_fields_have_their_kinds_roles_and_ways() -> None:
    request = load().operation("fleet.MultiSearch").request
    search = request.by_name["searches"].shape
    assert search is not None
    assert search.by_name["body"].kind is Kind.JSON
    assert request.by_name["wait_for_checkpoints"].role is Role.LOCAL
    assert request.by_name["pre_filter_shard_size"].kind is Kind.LONG
    policy = load().operation("ism.CreatePolicy").response.by_name["policy"].shape
    assert policy is not None
    assert policy.by_name["seq_no"].at == ("_seq_no",)


def test_enum_words_are_the_suffixes_in_lower_case() -> None:
    words = load().operation("security.PutRole").request.by_name["refresh"].words
    assert words is not None
    assert sorted(words.words.values()) == ["false", "true", "wait_for"]
    assert words.number("WAIT_FOR") == words.number("wait_for") is not None
    assert words.number("maybe") is None
    assert all(words.comments.values())


def test_every_operation_field_and_message_is_commented() -> None:
    for operation in load().operations.values():
        assert operation.comment, operation.name
        for shape in (operation.request, operation.response):
            assert shape.comment, shape.name
            assert all(field.comment for field in shape.fields), shape.name


def test_unknown_operation_names_the_nearest() -> None:
    with pytest.raises(InvalidArgumentError, match=r"did you mean ism\.ListPolicies"):
        load().operation("ism.ListPolicy")

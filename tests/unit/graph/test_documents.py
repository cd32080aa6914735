import pytest
from graphql import GraphQLSchema

from searchway.graph.documents import Document, DocumentStore
from searchway.graph.refusals import RequestError

PART = 'BackingIndex: {dataStream: "a", index: "b"}'
ALLOCATION = "{ cat { allocation { totalCount } } }"


def store(schema: GraphQLSchema, introspection: bool = True, **limits: int) -> DocumentStore:
    chosen = {"depth": 64, "aliases": 100, "tokens": 10_000} | limits
    return DocumentStore(schema, **chosen, introspection=introspection)


def test_a_document_is_read_once(schema: GraphQLSchema) -> None:
    documents = store(schema)
    assert documents.get(ALLOCATION) is documents.get(ALLOCATION)


def test_documents_used_last_are_kept(schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchway.graph.documents._MOST_KEPT", 3 * len(ALLOCATION) + 2)
    documents = store(schema)
    first = documents.get(ALLOCATION)
    others = [documents.get(f"{ALLOCATION[:-1]}{mark}}}") for mark in " \n"]
    assert documents.get(ALLOCATION) is first
    documents.get(f"{ALLOCATION[:-1]}\t}}")
    assert documents.get(ALLOCATION) is first
    assert documents.get(f"{ALLOCATION[:-1]} }}") is not others[0]


def test_large_documents_are_not_kept(schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchway.graph.documents._LARGEST_KEPT", 10)
    documents = store(schema)
    assert documents.get(ALLOCATION) is not documents.get(ALLOCATION)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "Syntax Error"),
        ("", "Syntax Error"),
        ("{ cat { allocatoin { totalCount } } }", "Did you mean 'allocation'?"),
        ("{ ism { policy { id } } }", "(policyId:)' of type 'String!' is required"),
        ('mutation { ismDeletePolicy(input: {policyId: "a", id: 1}) { id } }', "unknown field 'id'"),
        ('mutation { mlFlushJob(input: {jobId: "a", advanceTme: "1"}) { flushed } }', "Did you mean 'advanceTime'?"),
        (
            'mutation { securityPutRole(input: {name: "a", refresh: WAIT, role: {}}) { created } }',
            "Expected one of FALSE, TRUE, WAIT_FOR",
        ),
        ("{ ism { policies(first: 1.5) { totalCount } } }", "Int cannot represent non-integer value: 1.5"),
        (
            f"mutation {{ indicesModifyDataStream(input: {{actions: [{{add{PART}, remove{PART}}}]}}) {{ acknowledged }} }}",
            "exactly one field",
        ),
        ("{ fleet { multiSearch(searches: [{body: {sort: desc}}]) { took } } }", "needs quotes"),
        (
            "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
            "introspection depth",
        ),
    ],
)
def test_bad_documents_are_refused_with_what_to_do(schema: GraphQLSchema, text: str, problem: str) -> None:
    with pytest.raises(RequestError) as refused:
        store(schema).get(text)
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("limits", "problem"),
    [({"depth": 2}, "3 levels deep"), ({"tokens": 5}, "tokens"), ({"aliases": 0}, "1 aliases")],
)
def test_limits_hold(schema: GraphQLSchema, limits: dict[str, int], problem: str) -> None:
    with pytest.raises(RequestError, match=problem):
        store(schema, True, **limits).get("{ a: cat { allocation { totalCount } } }")


def test_endless_chains_of_fragments_are_refused(schema: GraphQLSchema) -> None:
    chain = " ".join(f"fragment F{n} on Query {{...F{n + 1}}}" for n in range(3000))
    with pytest.raises(RequestError, match="nested too deeply"):
        store(schema, tokens=100_000).get(f"{{...F0}} {chain} fragment F3000 on Query {{__typename}}")


def test_introspection_can_be_switched_off(schema: GraphQLSchema) -> None:
    closed = store(schema, introspection=False)
    for text in ("{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'):
        with pytest.raises(RequestError, match="disabled"):
            closed.get(text)
    with pytest.raises(RequestError) as refused:
        closed.get("{ cat { allocatoin { totalCount } } }")
    assert "Did you mean" not in str(refused.value)
    closed.get("{ __typename }")


def test_operation_is_chosen_by_name(schema: GraphQLSchema) -> None:
    document = store(schema).get("query A { __typename } query B { __typename }")
    assert document.operation("B").name.value == "B"  # type: ignore[union-attr]
    with pytest.raises(RequestError, match="Must provide operation name"):
        document.operation(None)
    with pytest.raises(RequestError, match="Unknown operation named 'C'"):
        document.operation("C")


def plan_of(document: Document, **variables: object) -> object:
    operation = document.operation(None)
    return document.plan(operation, variables, document.variables(operation, variables))


def test_plans_differ_only_by_conditions(schema: GraphQLSchema) -> None:
    text = "query ($n: Int, $more: Boolean!) { cat { allocation(first: $n) { totalCount edges @include(if: $more) { cursor } } } }"
    document = store(schema).get(text)
    assert plan_of(document, n=1, more=True) is plan_of(document, n=2, more=True)
    assert plan_of(document, n=1, more=True) is not plan_of(document, n=1, more=False)


def test_plans_are_bounded(schema: GraphQLSchema) -> None:
    names = "abcdefgh"
    variables = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: __typename @skip(if: ${name})" for name in names)
    document = store(schema).get(f"query ({variables}) {{ {fields} }}")
    for number in range(200):
        plan_of(document, **{name: bool(number >> bit & 1) for bit, name in enumerate(names)})
    assert len(document.plans) <= 64


@pytest.mark.parametrize(
    ("given", "problem"),
    [({}, "non-null type 'Int!' to be provided"), ({"n": "x"}, "Int cannot represent"), ({"n": 2**31}, "32-bit")],
)
def test_variables_are_checked(schema: GraphQLSchema, given: dict[str, object], problem: str) -> None:
    document = store(schema).get("query ($n: Int!) { cat { allocation(first: $n) { totalCount } } }")
    with pytest.raises(RequestError, match=problem):
        document.variables(document.operation(None), given)

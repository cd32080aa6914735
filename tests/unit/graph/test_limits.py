from typing import Any

import pytest
from graphql import GraphQLError, parse

from searchway.graph.limits import check_length, check_limits
from searchway.settings import LimitSettings

SMALL = LimitSettings(
    query_characters=60,
    query_depth=5,
    query_fields=12,
    query_aliases=5,
    query_repeats=3,
    query_fragments=4,
    query_directives=4,
    field_directives=2,
    query_operations=2,
    query_variables=2,
)


def problem(text: str, **limits: Any) -> str | None:
    try:
        check_limits(parse(text), SMALL.model_copy(update=limits))
    except GraphQLError as error:
        return error.message
    return None


@pytest.mark.parametrize(
    "text",
    [
        "{a{b{c{d{e}}}}}",
        "{a:x b:x c:x d:x e:x}",
        "{...F} fragment F on Q {a{b{c{d{e}}}}}",
        "{a ...F} fragment F on Q {...F}",
        "{...Gone}",
        "{...A} fragment A on Q {...B} fragment B on Q {...A}",
        "{a a a}",
        "{a{x x x} b{x x x}}",
        "{a{x} a{x} a{x}}",
        "{a ... {a ... on Q {a}}}",
        "query A{a} query B{a}",
        "query($a:I $b:I){x}",
        "{a@x@y b@x@y}",
        "{__schema{a} __schema{b}}",
        "{__schema{a} __type{b}}",
    ],
)
def test_small_documents_pass(text: str) -> None:
    assert problem(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a{b{c{d{e{f}}}}}}", "is 6 levels deep; at most 5 are allowed (limits.query_depth)."),
        ("{a{b{...F}}} fragment F on Q {c{d{... on Q{e{f}}}}}", "is 6 levels deep"),
        ("{a:x b:x c:x d:x e:x f:x}", "has 6 aliases; at most 5 are allowed (limits.query_aliases)."),
        ("{a:x{...F} b:x{...F}} fragment F on Q {c:y d:y}", "has 6 aliases"),
        ("{a{b c d e f} g{b c d e f} h}", "has 13 fields; at most 12 are allowed (limits.query_fields)."),
        ("{a{...F} b{...F}} fragment F on Q {c d e f g}", "has 14 fields"),
        ("query A{...F} query B{...F} fragment F on Q {a b c d e f}", "has 14 fields"),
        ("{...F ...F ...F} fragment F on Q {...G ...G} fragment G on Q {a}", "has 15 fields"),
        (
            "{a a a a}",
            "The field 'a' is repeated 4 times at the same place; at most 3 are allowed (limits.query_repeats).",
        ),
        ("{a{x x} a{x x}}", "'x' is repeated 4 times"),
        ("{a:x a:x ... {a:y} ...F} fragment F on Q {a:x}", "'a' is repeated 4 times"),
        ("{b} fragment F on Q {a a a a}", "'a' is repeated 4 times"),
        (
            "{x} fragment A on Q{a} fragment B on Q{a} fragment C on Q{a} fragment D on Q{a} fragment E on Q{a}",
            "defines 5 fragments; at most 4 are allowed (limits.query_fragments).",
        ),
        ("{a@x b@x c@x d@x ...@x{e}}", "has 5 directives; at most 4 are allowed (limits.query_directives)."),
        ("{a@x@y@z}", "has 3 directives at one place; at most 2 are allowed (limits.field_directives)."),
        ("query($a:I@x@y@z){a}", "has 3 directives at one place"),
        ("query@x@y@z{a}", "has 3 directives at one place"),
        ("query A{a} query B{a} query C{a}", "has 3 operations; at most 2 are allowed (limits.query_operations)."),
        ("query($a:I $b:I $c:I){a}", "defines 3 variables; at most 2 are allowed (limits.query_variables)."),
        ("{a:__schema{x} b:__schema{x}}", "asks for '__schema' 2 times; it may do so once."),
        ("{a:__type{x} ...F} fragment F on Q{b:__type{x}}", "asks for '__type' 2 times"),
        ("query A{__schema{x}} query B{__schema{x}}", "asks for '__schema' 2 times"),
    ],
)
def test_large_documents_are_refused(text: str, expected: str) -> None:
    assert expected in (problem(text) or "")


def test_long_documents_are_refused() -> None:
    check_length("x" * 60, SMALL)
    with pytest.raises(GraphQLError, match=r"has 61 characters; at most 60 are allowed \(limits.query_characters\)"):
        check_length("x" * 61, SMALL)

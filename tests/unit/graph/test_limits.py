import pytest
from graphql import parse

from searchway.graph.limits import check_limits


def problems(text: str, depth: int = 5, aliases: int = 5) -> list[str]:
    return [error.message for error in check_limits(parse(text), depth=depth, aliases=aliases)]


@pytest.mark.parametrize(
    "text",
    [
        "{a{b{c{d{e}}}}}",
        "{a:x b:x c:x d:x e:x}",
        "{...F} fragment F on Q {a{b{c{d{e}}}}}",
        "{a ...F} fragment F on Q {...F}",
        "{...Gone}",
        "{...A} fragment A on Q {...B} fragment B on Q {...A}",
    ],
)
def test_small_documents_pass(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{a{b{c{d{e{f}}}}}}", "The operation is 6 levels deep; at most 5 are allowed."),
        (
            "{a{b{...F}}} fragment F on Q {c{d{... on Q{e{f}}}}}",
            "The operation is 6 levels deep; at most 5 are allowed.",
        ),
        ("{a:x b:x c:x d:x e:x f:x}", "The operation has 6 aliases; at most 5 are allowed."),
        ("{a:x{...F} b:x{...F}} fragment F on Q {c:y d:y}", "The operation has 6 aliases; at most 5 are allowed."),
    ],
)
def test_large_documents_are_refused(text: str, problem: str) -> None:
    assert problems(text) == [problem]


def test_fragments_that_double_are_measured_quickly() -> None:
    doubling = " ".join(f"fragment F{n} on Q {{a:x{{...F{n + 1}}} b:x{{...F{n + 1}}}}}" for n in range(60))
    [problem] = problems(f"{{...F0}} {doubling} fragment F60 on Q {{x}}", depth=1000)
    assert "aliases" in problem

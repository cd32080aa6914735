import pytest

from searchway.engine.headers import check_credentials, join_headers
from searchway.errors import InvalidArgumentError


@pytest.mark.parametrize(
    ("received", "headers"),
    [
        ([], {}),
        ([("a", "1"), ("b", "2")], {"a": "1", "b": "2"}),
        ([("a", "1"), ("b", "2"), ("a", "3"), ("a", "")], {"a": "1,3,", "b": "2"}),
    ],
)
def test_values_of_equal_names_are_joined(received: list[tuple[str, str]], headers: dict[str, str]) -> None:
    assert join_headers(received) == headers


@pytest.mark.parametrize("values", [("a", "a"), ("a", "b"), ("", "a"), ("a", "b", "c")])
def test_credentials_are_taken_once(values: tuple[str, ...]) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        check_credentials(join_headers(("authorization", value) for value in values))
    assert caught.value.failure.message == "authorization: expected once, got several"


@pytest.mark.parametrize("headers", [[], [("authorization", 'Digest a="1", b="2"')], [("a", "1"), ("a", "2")]])
def test_credentials_that_came_once_pass(headers: list[tuple[str, str]]) -> None:
    check_credentials(join_headers(headers))

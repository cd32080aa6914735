import pytest

from searchway.contract.catalog import load
from searchway.engine.tokens import ListTokens, Tokens
from searchway.errors import InvalidArgumentError
from searchway.transcode import inputs

KEYS = ["n" * 32, "o" * 32]


NOON = 1_700_000_000.0


def tokens(keys: list[str] = KEYS, *, cluster: str = "c", at: float = NOON, **values: object) -> ListTokens:
    operation = load().operation("rules.ListRules")
    message = inputs.build(operation.request, {"feature_type": "f", **values})
    return Tokens(keys, max_age=60, clock=lambda: at).of(operation, cluster, message)


@pytest.mark.parametrize("position", [0, 120, "abc", " ", "-_ü"])
def test_token_gives_its_position_back(position: int | str) -> None:
    assert tokens().read(tokens().sign(position)) == position


def test_page_size_and_token_are_not_part_of_the_list() -> None:
    assert tokens(page_size=5, page_token="x").read(tokens(page_size=7).sign(3)) == 3


def test_old_keys_are_accepted_and_the_first_signs() -> None:
    old = tokens([KEYS[1]]).sign(5)
    assert tokens(KEYS).read(old) == 5
    with pytest.raises(InvalidArgumentError, match="not made by this gateway"):
        tokens([KEYS[1]]).read(tokens(KEYS).sign(5))


def with_another_signature(token: str) -> str:
    signed, dot, signature = token.rpartition(".")
    return signed + dot + ("B" if signature[0] == "A" else "A") + signature[1:]


@pytest.mark.parametrize(
    ("token", "problem"),
    [
        (tokens(cluster="other").sign(1), "another operation, cluster or filter"),
        (tokens(feature_type="g").sign(1), "another operation, cluster or filter"),
        (tokens(["x" * 32]).sign(1), "not made by this gateway"),
        (with_another_signature(tokens().sign(1)), "not made by this gateway"),
        ("x", "not made by this gateway"),
        ("..", "not made by this gateway"),
        ("ü", "not made by this gateway"),
    ],
)
def test_foreign_or_changed_token_is_refused(token: str, problem: str) -> None:
    with pytest.raises(InvalidArgumentError, match=problem) as caught:
        tokens().read(token)
    assert caught.value.failure.field == "page_token"


@pytest.mark.parametrize("age", [0, 59, 60, 60.9])
def test_token_is_good_for_its_time(age: float) -> None:
    assert tokens(at=NOON + age).read(tokens().sign(1)) == 1


@pytest.mark.parametrize("age", [61, 86_400, 10**9])
def test_expired_token_is_refused(age: float) -> None:
    with pytest.raises(InvalidArgumentError, match="expired"):
        tokens(at=NOON + age).read(tokens().sign(1))


@pytest.mark.parametrize("ahead", [1, 3600])
def test_token_of_a_gateway_whose_clock_is_ahead_is_taken(ahead: float) -> None:
    assert tokens().read(tokens(at=NOON + ahead).sign(1)) == 1


def test_one_page_is_signed_by_one_reading_of_the_clock() -> None:
    seconds = iter([NOON, NOON + 1, NOON + 2])
    operation = load().operation("rules.ListRules")
    signing = Tokens(KEYS, max_age=60, clock=lambda: next(seconds))
    page = signing.of(operation, "c", operation.request.cls())
    other = signing.of(operation, "c", operation.request.cls())
    assert page.sign(7) == page.sign(7)
    assert page.sign(7) != other.sign(7)


def test_without_keys_each_gateway_has_its_own() -> None:
    with pytest.raises(InvalidArgumentError):
        tokens([]).read(tokens([]).sign(1))

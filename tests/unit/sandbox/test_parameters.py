import pytest

from searchway.sandbox.errors import EngineError
from searchway.sandbox.parameters import active_shards, check_known, check_refresh, flag, integer, seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10s", 10.0),
        ("1m", 60.0),
        ("500ms", 0.5),
        ("2d", 172800.0),
        ("-1", -1.0),
        ("0", 0.0),
        ("", 7.0),
        ("3H", 10800.0),
    ],
)
def test_times(text: str, expected: float) -> None:
    assert seconds({"timeout": text}, "timeout", 7.0) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("5", "failed to parse setting [t] with value [5] as a time value: unit is missing or unrecognized"),
        ("abc", "failed to parse setting [t] with value [abc] as a time value: unit is missing or unrecognized"),
        ("1.5h", "failed to parse [1.5h], fractional time values are not supported"),
        ("xs", "failed to parse [xs]"),
    ],
)
def test_times_that_no_engine_parses(text: str, reason: str) -> None:
    with pytest.raises(EngineError) as caught:
        seconds({"t": text}, "t", 0.0)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("query", "expected"), [({}, False), ({"v": ""}, True), ({"v": "true"}, True), ({"v": "false"}, False)]
)
def test_flags(query: dict[str, str], expected: bool) -> None:
    assert flag(query, "v") is expected


def test_numbers_keep_their_sign() -> None:
    assert integer({"size": "-1"}, "size", 3) == -1
    assert integer({}, "size", 3) == 3


@pytest.mark.parametrize(("text", "wanted"), [("all", 3), ("2", 2), ("0", 0)])
def test_active_shards(text: str, wanted: int) -> None:
    assert active_shards({"wait_for_active_shards": text}, 3) == wanted


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("levl", "parameter: [levl] -> did you mean [level]?"),
        ("xyz", "parameter: [xyz]"),
        ("tmeout", "parameter: [tmeout] -> did you mean [timeout]?"),
    ],
)
def test_unknown_parameters_come_with_a_guess(name: str, ending: str) -> None:
    with pytest.raises(EngineError) as caught:
        check_known("/x", {name: "1", "pretty": ""}, frozenset({"level", "timeout"}))
    assert str(caught.value.reason).endswith(ending)


def test_refresh_has_three_words() -> None:
    for word in ("", "true", "false", "wait_for"):
        check_refresh({"refresh": word})
    with pytest.raises(EngineError):
        check_refresh({"refresh": "nope"})

from collections.abc import Callable
from typing import Any

import pytest

from searchway.transcode import jsontext, values


@pytest.mark.parametrize(
    ("convert", "given", "expected"),
    [
        (values.text, "a", "a"),
        (values.text, None, None),
        (values.text, 5, "5"),
        (values.text, True, "true"),
        (values.whole, 5, 5),
        (values.whole, "5", 5),
        (values.whole, "-1", -1),
        (values.whole, "", None),
        (values.whole, 5.0, 5),
        (values.whole, "260b", 260),
        (values.whole, "1.5gb", 1610612736),
        (values.whole, None, None),
        (values.fraction, "70", 70.0),
        (values.fraction, 1, 1.0),
        (values.fraction, "", None),
        (values.fraction, None, None),
        (values.boolean, "true", True),
        (values.boolean, False, False),
        (values.boolean, None, None),
    ],
)
def test_loose_value_becomes_the_promised_type(convert: Callable[[Any], Any], given: Any, expected: Any) -> None:
    found = convert(given)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("convert", "given"),
    [
        (values.text, []), (values.text, {}), (values.whole, "x"), (values.whole, 1.5), (values.whole, []),
        (values.whole, True), (values.fraction, True), (values.fraction, "x"), (values.boolean, "yes"), (values.boolean, 1),
        (values.whole, "9" * 400 + "b"), (values.whole, "9" * 306 + "pb"), (values.whole, "9" * 5000),
        (values.fraction, 10**400), (values.fraction, jsontext.parse("9" * 5000)), (values.whole, jsontext.parse("9" * 5000)),
    ],
)  # fmt: skip
def test_value_that_cannot_be_meant_is_refused(convert: Callable[[Any], Any], given: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        convert(given)

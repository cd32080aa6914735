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
        (values.long_of, 5, 5),
        (values.long_of, "5", 5),
        (values.long_of, "-1", -1),
        (values.long_of, "", None),
        (values.long_of, 5.0, 5),
        (values.long_of, "260b", 260),
        (values.long_of, "1.5gb", 1610612736),
        (values.long_of, None, None),
        (values.long_of, "9223372036854775807", 2**63 - 1),
        (values.long_of, -(2**63), -(2**63)),
        (values.int_of, "-2147483648", -(2**31)),
        (values.fraction, "70", 70.0),
        (values.fraction, 1, 1.0),
        (values.fraction, "", None),
        (values.fraction, None, None),
        (values.boolean, "true", True),
        (values.boolean, False, False),
        (values.boolean, None, None),
    ],
)
def test_loose_value_becomes_the_promised_type(convert: Callable[[Any, str], Any], given: Any, expected: Any) -> None:
    found = convert(given, "size")
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("convert", "given"),
    [
        (values.text, []), (values.text, {}), (values.long_of, "x"), (values.long_of, 1.5), (values.long_of, []),
        (values.long_of, True), (values.fraction, True), (values.fraction, "x"), (values.boolean, "yes"), (values.boolean, 1),
        (values.long_of, "9" * 400 + "b"), (values.long_of, "9" * 306 + "pb"), (values.long_of, "9" * 5000),
        (values.long_of, 2**63), (values.long_of, "-9223372036854775809"), (values.long_of, 1e199), (values.int_of, 2**31),
        (values.fraction, "NaN"), (values.fraction, "-Infinity"), (values.fraction, "1e400"), (values.fraction, []), (values.long_of, {}),
        (values.fraction, 10**400), (values.fraction, jsontext.parse("9" * 5000)), (values.long_of, jsontext.parse("9" * 5000)),
    ],
)  # fmt: skip
def test_value_that_cannot_be_meant_is_refused(convert: Callable[[Any, str], Any], given: Any) -> None:
    with pytest.raises(values.FieldError, match=r"^size: expected "):
        convert(given, "size")

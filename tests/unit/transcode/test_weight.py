"""Messages of more values than can be encoded in reasonable time are refused by number, before anything else looks at them."""

from typing import Any

import pytest

from hostile.work import counted
from searchway.api.security.v1.security_pb2 import BulkPutRoleRequest, IndicesPrivileges, NamedRole, PutRoleRequest
from searchway.errors import InvalidArgumentError
from searchway.transcode.weight import check_encoded, check_weight

UNKNOWN = b"\xa0\x06\x01"
"""A field that no message has."""


def role(indices: int) -> NamedRole:
    found = NamedRole(name="r")
    found.role.indices.extend([IndicesPrivileges(names=["a"], privileges=["read"])] * indices)
    return found


@pytest.mark.parametrize(
    ("message", "values"),
    [
        (PutRoleRequest(name="r"), 1),
        (PutRoleRequest(name="r", role={"cluster": ["a"] * 50}), 52),
        (BulkPutRoleRequest(roles=[role(10)]), 1 + 2 + 10 + 20),
    ],
)
def test_messages_and_elements_of_lists_count(message: Any, values: int) -> None:
    check_weight(message, values)
    check_encoded(message.DESCRIPTOR, message.SerializeToString(), values)
    with pytest.raises(InvalidArgumentError, match=rf"at most {values - 1} values.*limits\.message_values"):
        check_encoded(message.DESCRIPTOR, message.SerializeToString(), values - 1)
    with pytest.raises(InvalidArgumentError, match=rf"at most {values - 1} values.*limits\.message_values"):
        check_weight(message, values - 1)


def test_free_json_is_one_value() -> None:
    message = PutRoleRequest(name="r")
    message.role.metadata.text = '{"a": [1, 2, 3, 4, 5]}'
    check_weight(message, 4)


def test_the_count_stops_at_the_bound() -> None:
    works: list[int] = []
    for size in (10_000, 100_000):
        message = BulkPutRoleRequest(roles=[role(1)] * size)
        with counted() as work, pytest.raises(InvalidArgumentError):
            check_weight(message, 1_000)
        works.append(work.calls)
    assert works[1] < 2 * works[0]


def test_unknown_fields_are_refused_without_being_looked_through() -> None:
    known = PutRoleRequest(name="r").SerializeToString()
    check_weight(PutRoleRequest.FromString(known + UNKNOWN * 10_000), 1)  # few enough to find out which
    with pytest.raises(InvalidArgumentError, match=r"300000 bytes are of unknown fields.*PutRoleRequest"):
        check_weight(PutRoleRequest.FromString(known + UNKNOWN * 100_000), 1)


def test_an_encoded_message_is_counted_up_to_the_bound() -> None:
    works: list[int] = []
    for size in (10_000, 100_000):
        data = b"\x12\x00" * size
        with counted() as work, pytest.raises(InvalidArgumentError):
            check_encoded(BulkPutRoleRequest.DESCRIPTOR, data, 1_000)
        works.append(work.calls)
    assert works[1] == works[0]


def test_every_form_of_a_field_is_passed_over() -> None:
    forms = b"\x08\x96\x01" + b"\x11" + bytes(8) + b"\x1d" + bytes(4) + b"\xa2\x06\x03abc" + b"\x0b\x0c"
    check_encoded(PutRoleRequest.DESCRIPTOR, forms, 6)
    with pytest.raises(InvalidArgumentError):
        check_encoded(PutRoleRequest.DESCRIPTOR, forms, 5)


@pytest.mark.parametrize("data", [b"\x12", b"\x0a\xff", b"\xff" * 100_000, b"\x1a\xff\xff\xff\xff\x7f\x12"])
def test_what_is_no_message_is_left_to_the_parser(data: bytes) -> None:
    with counted() as work:
        check_encoded(PutRoleRequest.DESCRIPTOR, data, 100)
    assert work.calls <= 200_100

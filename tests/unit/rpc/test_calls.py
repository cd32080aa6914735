import time
from typing import Any

import pytest

from searchway.engine.call import Call
from searchway.errors import InvalidArgumentError
from searchway.rpc.calls import check_call, read_call, trailers


class Context:
    """What grpc tells of a call."""

    def __init__(
        self, metadata: list[tuple[str, str | bytes]], remaining: float | None = None, peer: str = "unix:"
    ) -> None:
        self._metadata = metadata
        self._remaining = remaining
        self._peer = peer

    def peer(self) -> str:
        return self._peer

    def invocation_metadata(self) -> list[tuple[str, str | bytes]]:
        return self._metadata

    def time_remaining(self) -> float | None:
        return self._remaining


def read(*metadata: tuple[str, str | bytes]) -> Call:
    return read_call(Context(list(metadata)))


def test_metadata_is_read() -> None:
    call = read(("x-searchway-cluster", "logs"), ("x-opaque-id", "me-7"), ("authorization", "ApiKey abc"))
    assert (call.face, call.cluster, call.request_id, call.deadline, call.strict) == (
        "grpc",
        "logs",
        "me-7",
        None,
        False,
    )
    assert call.headers["authorization"] == "ApiKey abc"


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("ipv4:192.0.2.1:50132", "192.0.2.1"),
        ("ipv6:%5B2001:db8::1%5D:50132", "2001:db8::/64"),
        ("ipv6:[2001:db8::1]:50132", "2001:db8::/64"),
        ("ipv6:%5B::ffff:192.0.2.1%5D:50132", "192.0.2.1"),
        ("unix:", ""),
        ("unix:/run/searchway.sock", ""),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_address_of_a_caller_has_no_port(peer: str, address: str) -> None:
    assert read_call(Context([], peer=peer)).peer == address


def test_credentials_are_not_in_the_repr() -> None:
    assert "hush" not in repr(read(("authorization", "ApiKey hush")))


def test_values_of_a_key_are_joined_and_binary_ones_left_out() -> None:
    call = read(("x-goog-fieldmask", "a"), ("x-goog-fieldmask", "b"), ("trace-bin", b"\x00\xff"))
    assert call.headers == {"x-goog-fieldmask": "a,b"}


@pytest.mark.parametrize(
    "values", [("ApiKey abc", "ApiKey abc"), ("ApiKey abc", "Basic def"), ("", "ApiKey abc"), ("a", "b", "c")]
)
def test_credentials_are_taken_once(values: tuple[str, ...]) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        check_call(read(*(("authorization", value) for value in values)))
    assert caught.value.failure.message == "authorization: expected once, got several"


def test_credentials_may_have_commas() -> None:
    check_call(read(("authorization", 'Digest username="u", realm="r"')))


def test_deadline_is_counted_from_now() -> None:
    before = time.monotonic()
    deadline = read_call(Context([], remaining=5.0)).deadline
    assert deadline is not None
    assert before + 5 <= deadline <= time.monotonic() + 5


@pytest.mark.parametrize("given", [(), *((("x-opaque-id", bad),) for bad in ("", "x" * 257, "é", "a\nb", "a\x7f"))])
def test_call_without_a_usable_identifier_gets_one(given: Any) -> None:
    first, second = read(*given).request_id, read(*given).request_id
    assert len(first) == 32
    assert first != second


@pytest.mark.parametrize(("text", "strict"), [("true", True), ("TRUE", True), ("false", False)])
def test_strict_is_read(text: str, strict: bool) -> None:
    call = read(("x-searchway-strict", text))
    check_call(call)
    assert call.strict is strict


@pytest.mark.parametrize("text", ["yes", "1", "", "true,true"])
def test_other_words_for_strict_are_refused(text: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        check_call(read(("x-searchway-strict", text)))
    assert caught.value.failure.message == "x-searchway-strict: expected true or false"


def test_trailers_tell_identifier_and_upstream_calls() -> None:
    call = Call(face="grpc", request_id="me-7", upstream_calls=3)
    assert trailers(call) == (("x-opaque-id", "me-7"), ("x-searchway-upstream-calls", "3"))


def test_warnings_are_printable_and_bounded() -> None:
    call = Call(face="grpc", request_id="me-7", warnings=["is\ndeprecated für ever", "", *["w" * 1500] * 40])
    told = [value for key, value in trailers(call) if key == "x-searchway-warning"]
    assert told[0] == "is?deprecated f?r ever"
    assert all(isinstance(value, str) and value.isprintable() and value.isascii() for value in told)
    assert sum(map(len, told)) == 1024

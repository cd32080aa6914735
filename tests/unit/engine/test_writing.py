import threading

import pytest
from google.protobuf.wrappers_pb2 import BytesValue

from searchway.api.security.v1.security_pb2 import PutRoleRequest
from searchway.engine.writing import LARGE, Writing
from searchway.errors import InvalidArgumentError
from searchway.wire import HttpRequest


@pytest.mark.parametrize(("size", "beside"), [(0, False), (LARGE // 2, False), (LARGE, True)])
async def test_only_large_messages_are_encoded_beside_the_loop(size: int, *, beside: bool) -> None:
    encoded_in: list[int] = []

    def encode() -> HttpRequest:
        encoded_in.append(threading.get_ident())
        return HttpRequest(method="GET", path="/")

    assert (await Writing().write(BytesValue(value=b" " * size), encode)).path == "/"
    assert (encoded_in != [threading.get_ident()]) is beside


@pytest.mark.parametrize("size", [0, LARGE])
async def test_a_message_that_breaks_a_rule_is_refused(size: int) -> None:
    def encode() -> HttpRequest:
        raise InvalidArgumentError("name", "expected another one")

    with pytest.raises(InvalidArgumentError):
        await Writing().write(BytesValue(value=b" " * size), encode)


@pytest.mark.parametrize(("size", "refused"), [(LARGE // 3 - 100, False), (LARGE, True)])
async def test_large_messages_have_a_bound_on_their_values(size: int, *, refused: bool) -> None:
    message = PutRoleRequest(name="r", role={"cluster": ["a"] * size})
    checked = Writing().check_weight(message, size)
    if refused:
        with pytest.raises(InvalidArgumentError, match=r"limits\.message_values"):
            await checked
    else:
        await checked

from typing import Any, Final

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.transcode import jsontext
from searchway.transcode.depth import DEEPEST, NestingError, check_depth, depth_of

VALUES: Final = st.recursive(
    st.none() | st.text(alphabet='[]{}"\\a'),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(alphabet='[{"\\'), x, max_size=3),
)
OPEN: Final = b"[" * DEEPEST


def levels(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(levels, inner), default=0)


@given(VALUES)
def test_depth_is_that_of_the_value(value: Any) -> None:
    assert depth_of(orjson.dumps(value)) == levels(value)


@given(VALUES)
def test_bound_is_where_it_is_said_to_be(value: Any) -> None:
    room = DEEPEST - levels(value)
    text = orjson.dumps(value)
    check_depth(b"[" * room + text + b"]" * room)
    with pytest.raises(NestingError):
        check_depth(b"[" * (room + 1) + text + b"]" * (room + 1))


def test_what_stands_side_by_side_is_not_deep() -> None:
    check_depth(b"[" + b"[],{}," * 10_000 + b"[]]")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000])
@pytest.mark.parametrize("read", [jsontext.loads, jsontext.members, jsontext.elements, jsontext.parse])
def test_every_reader_raises_value_error(read: Any, text: str) -> None:
    for whole in (f'{{"a":{text}}}', f"[{text}]", f'{{"b":"\\ud83d","a":{text}}}', f'["\\ud83d",{text}]'):
        with pytest.raises(ValueError, match=r"."):
            read(whole.encode())


@pytest.mark.parametrize("text", ["[" * 501 + "]" * 501, '{"a":' * 1000 + "1" + "}" * 1000])
def test_a_caller_is_told_the_bound(text: str) -> None:
    with pytest.raises(ValueError, match="at most 500 levels"):
        jsontext.check(text)

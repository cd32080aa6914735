import json
from collections.abc import Callable
from contextlib import suppress
from time import process_time
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.transcode import cutting, depth, jsontext, surrogates

UNPARSABLE: Final = [
    "[" * 3000 + "]" * 3000,
    '{"a":' * 3000 + "1" + "}" * 3000,
    "NaN",
    "01",
    '{"a"}',
    "[,]",
    '{"x":[1,}]',
    "1e400",
    r'"\ud83d"',
]
JSON: Final = st.recursive(
    st.none() | st.integers() | st.text(alphabet='[]{}",:\\é'),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(), x, max_size=3),
)
SPACES: Final = st.sampled_from(["", " ", "\n\t"])


@given(st.lists(JSON, max_size=4), st.sampled_from(UNPARSABLE), st.integers(0, 4), SPACES)
def test_elements_beside_an_unparsable_one_are_had(values: list[Any], unparsable: str, place: int, space: str) -> None:
    texts = [json.dumps(value) for value in values]
    texts.insert(place, unparsable)
    found = cutting.elements(f"{space}[{f'{space},{space}'.join(texts)}{space}]{space}".encode())
    assert [bytes(one).decode() for one in found] == texts


@given(st.dictionaries(st.text(), JSON, max_size=4), st.sampled_from(UNPARSABLE), SPACES)
def test_members_beside_an_unparsable_one_are_had(values: dict[str, Any], unparsable: str, space: str) -> None:
    texts = {name: json.dumps(value) for name, value in values.items()} | {"unparsable": unparsable}
    written = (f"{space}{json.dumps(name)}{space}:{space}{text}{space}" for name, text in texts.items())
    found = cutting.members(f"{{{','.join(written)}}}".encode())
    assert {name: bytes(value).decode() for name, value in found.items()} == texts


@pytest.mark.parametrize(
    "text", ["", "[", "[1", "[1 2]", "[1,]", "[1]]", "[1],", "7", "{", '{"a"}', '{"a":1,}', "{a:1}", '["a]', "[NaN", "[}", "[[1}", '{"a":NaN']
)  # fmt: skip
def test_what_is_no_list_or_object_is_refused(text: str) -> None:
    for cut in (cutting.elements, cutting.members):
        with pytest.raises(ValueError, match=r"."):
            cut(text.encode())


def test_a_text_of_too_many_brackets_is_refused_early() -> None:
    with pytest.raises(ValueError, match="too many brackets"):
        cutting.elements(b"[NaN,[" + b"[]," * 100_000 + b"1]]")


HOSTILE: Final[dict[str, Callable[[int], bytes]]] = {
    "backslashes": lambda n: b'["' + b"\\" * n + b'\\ud83d"]',
    "halves": lambda n: b'["' + b"\\ud83d" * n + b'"]',
    "open strings": lambda n: b'["\\ud83d",' + b'"' * n,
    "quotes": lambda n: b'["\\ud83d",' + b'"",' * n,
    "brackets": lambda n: b"[" * n,
    "objects": lambda n: b'{"":' * n,
    "spaces": lambda n: b"[" + b" " * n,
    "digits": lambda n: b"[NaN," + b"9" * n + b"]",
}
READERS: Final[dict[str, Callable[[bytes], Any]]] = {
    "members": cutting.members, "elements": cutting.elements, "loads": jsontext.loads, "depth": depth.check_depth, "hide": surrogates.hide,
}  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("reader", READERS)
def test_effort_grows_with_the_length(reader: str, hostile: str) -> None:
    def effort(length: int) -> float:
        text = HOSTILE[hostile](length)
        start = process_time()
        with suppress(ValueError):
            READERS[reader](text)
        return process_time() - start

    small = max(min(effort(20_000) for _ in range(3)), 1e-4)
    assert effort(400_000) / small < 20 * 8  # quadratic effort grows by 400

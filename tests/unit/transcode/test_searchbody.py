import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.errors import InvalidArgumentError
from searchway.transcode import jsontext
from searchway.transcode.searchbody import add_members, read_members, sort_fields

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
)
MORE = (("size", "11"), ("search_after", '[1E2,"a"]'))


@given(
    st.dictionaries(st.text(), VALUES).filter(lambda body: not {"size", "search_after"} & body.keys()),
    st.sampled_from([None, 1]),
)
def test_members_are_added_and_no_byte_is_changed(body: dict[str, object], indent: int | None) -> None:
    text = json.dumps(body, indent=indent)
    added = add_members(text, MORE)
    assert json.loads(added) == {"size": 11, "search_after": [100.0, "a"], **body}
    assert added.endswith(text.partition("{")[2])


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("{}", '{"size":1}'),
        (" {\n}", ' {"size":1\n}'),
        ('\t{"a":1E1,"a":2, "{":0}', '\t{"size":1,"a":1E1,"a":2, "{":0}'),
    ],
)
def test_adding_to_few_members_and_to_odd_ones(text: str, added: str) -> None:
    assert add_members(text, [("size", "1")]) == added


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ('"_id"', ["_id"]),
        ('["a",{"b":"desc"},{"c":{"order":"asc","missing":"_first"}}]', ["a", "b", "c"]),
        ('{"a":"desc","_id":"asc"}', ["a", "_id"]),
        ('[{"a":{"missing":1e999}},"_id"]', ["a", "_id"]),
        ('{"a":{"missing":%s}}' % ("9" * 5000), ["a"]),
        ("null", []),
        ("[]", []),
    ],
)
def test_every_way_to_sort_is_read(sort: str, names: list[str]) -> None:
    assert sort_fields(msgspec.Raw(sort.encode()), "body.sort") == names


@pytest.mark.parametrize("sort", ["1", '[["a"]]', "[null]", "true", "1e400", "[1e400]"])
def test_what_sorts_by_nothing_is_refused(sort: str) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^body\.sort: expected names"):
        sort_fields(msgspec.Raw(sort.encode()), "body.sort")


def test_no_sort_has_no_names() -> None:
    assert sort_fields(None, "body.sort") == []


def test_members_are_found_however_their_keys_are_written() -> None:
    assert "size" in read_members('{"si\\u007ae": 1}', "body")


@pytest.mark.parametrize("text", ["[]", "", "1", "{"])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^body: expected a JSON object"):
        read_members(text, "body")


def test_added_members_are_read_again() -> None:
    members = jsontext.members(add_members('{"sort":"_id"}', MORE).encode())
    assert [bytes(members[name]) for name in ("size", "search_after", "sort")] == [b"11", b'[1E2,"a"]', b'"_id"']

"""Identifiers of entities: unique, canonical, and refused in words where they are none."""

from base64 import urlsafe_b64encode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchway.errors import InvalidArgumentError
from searchway.transcode.identity import LONGEST, Identity, read_identity, write_identity

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def pack(value: object) -> str:
    return urlsafe_b64encode(orjson.dumps(value)).rstrip(b"=").decode()


@given(TEXTS.filter(bool), TEXTS, st.lists(TEXTS, max_size=4))
def test_what_is_written_is_read_again(cluster: str, kind: str, key: list[str]) -> None:
    assert read_identity(write_identity(cluster, kind, key)) == Identity(cluster, kind, tuple(key))


@given(st.lists(st.tuples(TEXTS, TEXTS, st.lists(TEXTS, max_size=3).map(tuple)), unique=True, min_size=2))
def test_different_things_have_different_identifiers(things: list[tuple[str, str, tuple[str, ...]]]) -> None:
    assert len({write_identity(*thing) for thing in things}) == len(things)


def test_numbers_are_parts_of_keys() -> None:
    assert read_identity(write_identity("c", "Task", ("n", 2**63 - 1))).key == ("n", str(2**63 - 1))


def test_what_lacks_a_part_of_its_key_is_like_nothing_else() -> None:
    one, other = write_identity("c", "Hit", ("i", None)), write_identity("c", "Hit", ("i", None))
    assert one != other
    with pytest.raises(InvalidArgumentError, match="the Hit was read without what tells it from others"):
        read_identity(one)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "é",
        "\ud83d",
        "a b",
        pack(["c"]),
        pack([]),
        pack({"c": "d"}),
        pack(["c", 1]),
        pack(["c", ["d"]]),
        pack(["c", "d"]) + "=",
        pack(["c", "d"]) + "\n",
        "+" + pack(["c", "d"]),
        urlsafe_b64encode(b'["c", "d"]').rstrip(b"=").decode(),
        urlsafe_b64encode(b"[" * 3000).decode(),
        pack(["c", "d", "e" * LONGEST]),
        "A" * 10**6,
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^ids\[3\]: .*expected the `id` of an object") as refused:
        read_identity(text, "ids[3]")
    assert len(str(refused.value)) < 200

"""A message packed in pieces is the message."""

from typing import Any

import pytest

from searchway.api.fleet.v1 import fleet_pb2
from searchway.rpc.packing import pack
from searchway.transcode import pieces


def hits(count: int) -> list[dict[str, Any]]:
    return [{"index": "i", "source": {"text": "{}"}, "ignored": ["a", "b"]} for _ in range(count)]


def found(count: int) -> dict[str, Any]:
    return {"hits": {"hits": hits(count), "max_score": 1.5}, "status": 200}


VALUES = {
    "nothing": dict,
    "small": lambda: {"took": 1, "items": [found(2)]},
    "one large search": lambda: {"took": 1, "items": [found(20_000)]},
    "many searches": lambda: {"items": [found(number) for number in (1, 9_000, 0, 3, 9_000)]},
    "many small searches": lambda: {"took": 2**40, "items": [found(1) for _ in range(9_000)]},
}


@pytest.mark.parametrize("make", VALUES.values(), ids=VALUES)
def test_pieces_make_the_same_message(make: Any) -> None:
    whole = fleet_pb2.MultiSearchResponse(**make())
    assert fleet_pb2.MultiSearchResponse.FromString(pack(fleet_pb2.MultiSearchResponse, make())) == whole


@pytest.mark.parametrize("wrong", [{"status": "x"}, {"status": 2**70}, {"nothing": 1}])
def test_a_value_without_a_place_is_refused(wrong: dict[str, Any]) -> None:
    values = {"items": [{**found(9_000), **wrong}]}
    with pytest.raises((TypeError, ValueError)):
        pack(fleet_pb2.MultiSearchResponse, values)


def test_long_lists_let_their_elements_go() -> None:
    values = found(pieces.PIECE)
    pack(fleet_pb2.MultiSearchResponse, {"items": [values]})
    assert not any(values["hits"]["hits"])

from typing import Any

import orjson
import pytest

from searchway.contract.catalog import load
from searchway.contract.selection import Selected, Selection
from searchway.errors import MalformedAnswerError
from searchway.transcode.answer import Answer
from searchway.transcode.response import Dialect, reader
from searchway.transcode.rows import row_decoder

OPERATION = load().operation("cat.ListAllocation")
ITEMS = OPERATION.items
assert ITEMS is not None
assert ITEMS.shape is not None
ROWS = ITEMS.shape

PLAIN = {"shards": "12", "disk.used": "50788788306", "disk.percent": "46.5", "node": "n1", "node.role": "himrst"}
READ = {"shards": 12, "disk_used": 50788788306, "disk_percent": 46.5, "node": "n1", "node_role": "himrst"}


def read(rows: Any, selection: Selection | None = None) -> dict[str, Any]:
    return reader(OPERATION, selection, Dialect.PROTO).read(Answer(bodies=(orjson.dumps(rows),)))


def given(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def test_cells_are_typed_while_they_are_parsed() -> None:
    decode = row_decoder(ROWS)
    assert decode is not None
    assert decode(orjson.dumps([PLAIN]))[0].c6 == 50788788306


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (PLAIN, READ),
        ({**PLAIN, "shards": None}, {k: v for k, v in READ.items() if k != "shards"}),
        ({**PLAIN, "disk.used": "1.5kb"}, {**READ, "disk_used": 1536}),
        ({**PLAIN, "shards": 12}, READ),
        ({**PLAIN, "node": 7}, {**READ, "node": "7"}),
        ({**PLAIN, "node": "null"}, {**READ, "node": "null"}),
        ({**PLAIN, "disk.percent": ""}, {k: v for k, v in READ.items() if k != "disk_percent"}),
        ({**PLAIN, "column of tomorrow": "x"}, READ),
        ({"node": "UNASSIGNED"}, {"node": "UNASSIGNED"}),
    ],
)
def test_row_reads_the_same_however_it_is_parsed(row: dict[str, Any], expected: dict[str, Any]) -> None:
    assert given(read([row])["allocation"][0]) == expected
    # A size with a unit sends the whole table the slow way.
    slow = {**PLAIN, "disk.used": "1kb"}
    assert [given(r) for r in read([row, slow])["allocation"]] == [expected, {**READ, "disk_used": 1024}]


@pytest.mark.parametrize("rows", [[{"shards": "many"}], [{"shards": 1.5}], [["12"]], "rows"])
def test_what_is_no_such_table_is_refused(rows: Any) -> None:
    with pytest.raises(MalformedAnswerError):
        read(rows)


def test_selection_decides_keys_order_and_constants() -> None:
    field = ROWS.by_name["shards"]
    row = Selection(
        (Selected(field, "b"), Selected(ROWS.by_name["node"], "n"), Selected(field, "a")),
        (("t", "Row", 0), ("u", "R", 2), ("v", "R", 2)),
    )
    (found,) = read([PLAIN], Selection((Selected(ITEMS, "rows", row),)))["rows"]  # type: ignore[arg-type]  # it has items
    assert list(found.items()) == [("t", "Row"), ("b", 12), ("n", "n1"), ("u", "R"), ("v", "R"), ("a", 12)]

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from searchway.contract import catalog
from searchway.transcode import judgement
from searchway.transcode.judgement import Judgement, judge

ANSWERS = yaml.safe_load((Path(__file__).parents[2] / "contract" / "errors.yaml").read_text(encoding="utf-8"))[
    "answers"
]
OPERATIONS = catalog.load().operations


def told(body: str) -> dict[str, Any]:
    """Return the error object of a body, empty where it has none; a sentence as its reason."""
    try:
        error = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return {}
    return error if isinstance(error, dict) else {"reason": error}


JUDGED = [judge(row["operation"], told(row["body"])) for row in ANSWERS]


@pytest.mark.parametrize("row", judgement.TABLE, ids=lambda row: f"{row.of} {row.type} {row.reason}")
def test_each_row_decides_some_recorded_answer(row: Judgement) -> None:
    assert row in JUDGED
    assert row.why


def test_rows_are_about_operations_that_exist() -> None:
    known = {"", *OPERATIONS, *(operation.family for operation in OPERATIONS.values())}
    assert {row.of for row in judgement.TABLE} <= known


def test_a_row_of_one_operation_does_not_judge_another() -> None:
    cause = {"type": "version_conflict_engine_exception", "reason": "[p]: version conflict"}
    assert judge("ism.CreatePolicy", cause) is not None
    assert judge("ism.UpdatePolicy", cause) is None

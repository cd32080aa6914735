"""Numbers that their type cannot hold, as literals and as variables: refused, and never sent as another number."""

import json
from typing import Any

import pytest

from searchway.sandbox import create_sandbox
from unit.graph.sandboxed import over

POLICY = 'description: "d", defaultState: "a", states: [{name: "a", actions: [%s]}]'
SHRINK = POLICY % "{shrink: {percentageOfSourceShards: %s}}"
PLAIN = POLICY % ""
WRITES = {
    "Float": f'ismCreatePolicy(input: {{policyId: "p", policy: {{{SHRINK}}}}}) {{ policy {{ policyId }} }}',
    "Long!": f'ismUpdatePolicy(input: {{policyId: "p", ifSeqNo: %s, ifPrimaryTerm: 1, policy: {{{PLAIN}}}}}) {{ policy {{ policyId }} }}',
}
MANY = "9" * 5000
ROWS = [("Float", number) for number in ("1e400", "-1e400", "9" * 400, MANY)] + [
    ("Long!", number) for number in (str(2**63), MANY, f"-{MANY}")
]


async def refusal(query: str, variables: str) -> Any:
    """Send a request that makes one error; return the error."""
    sandbox = create_sandbox("opensearch")
    async with over(sandbox) as client:
        body = f'{{"query": {json.dumps(query)}, "variables": {variables}}}'
        answer = await client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert all(one.method == "GET" for one in sandbox.requests)
    [error] = answer.json()["errors"]
    return error


@pytest.mark.parametrize(("kind", "number"), ROWS)
async def test_literal_that_its_type_cannot_hold_is_refused(kind: str, number: str) -> None:
    error = await refusal(f"mutation {{ {WRITES[kind] % number} }}", "{}")
    expected = {"Float": "percentageOfSourceShards: expected a finite number, got ", "Long!": "Long cannot represent "}
    assert error["extensions"]["code"] == "INVALID_ARGUMENT"
    assert expected[kind] in error["message"]


@pytest.mark.parametrize(("kind", "number"), ROWS)
async def test_variable_that_its_type_cannot_hold_is_refused(kind: str, number: str) -> None:
    error = await refusal(f"mutation ($number: {kind}) {{ {WRITES[kind] % '$number'} }}", f'{{"number": {number}}}')
    assert error["extensions"]["code"] == "INVALID_ARGUMENT"
    assert error["message"].startswith("Variable '$number' has invalid value")
    assert number[:70] in error["message"]


@pytest.mark.parametrize("number", [str(2**31), MANY, f"-{MANY}"])
async def test_page_of_too_many_is_refused(number: str) -> None:
    error = await refusal("query ($n: Int) { ism { policies(first: $n) { totalCount } } }", f'{{"n": {number}}}')
    assert error["extensions"]["code"] == "INVALID_ARGUMENT"
    assert "Int cannot represent" in error["message"]

import pytest

from searchway.contract import catalog
from searchway.contract.selection import Selection
from searchway.errors import InvalidArgumentError
from searchway.rpc.masks import parse_mask

ALLOCATION = catalog.load().operation("cat.ListAllocation").response
POLICIES = catalog.load().operation("ism.ListPolicies").response


def printed(selection: Selection | None) -> object:
    if selection is None:
        return "*"
    return {one.out: printed(one.selection) for one in selection.fields}


@pytest.mark.parametrize(
    ("mask", "selected"),
    [
        ("", "*"),
        (" , ", "*"),
        ("*", "*"),
        ("total_size,*", "*"),
        ("total_size", {"total_size": "*"}),
        ("allocation", {"allocation": "*"}),
        ("allocation.*", {"allocation": "*"}),
        ("allocation.node", {"allocation": {"node": "*"}}),
        ("total_size, allocation.node", {"allocation": {"node": "*"}, "total_size": "*"}),
        ("totalSize,allocation.diskPercent", {"allocation": {"disk_percent": "*"}, "total_size": "*"}),
        ("allocation.node,allocation.ip", {"allocation": {"ip": "*", "node": "*"}}),
        ("allocation.node,allocation.node", {"allocation": {"node": "*"}}),
        # The whole wins over a part, whichever comes first.
        ("allocation,allocation.node", {"allocation": "*"}),
        ("allocation.node,allocation", {"allocation": "*"}),
    ],
)
def test_mask_selects(mask: str, selected: object) -> None:
    assert printed(parse_mask(ALLOCATION, mask)) == selected


@pytest.mark.parametrize(
    ("mask", "problem"),
    [
        ("alocation", "alocation: unknown field 'alocation'; did you mean allocation?"),
        ("allocation.nod", "allocation.nod: unknown field 'nod'; did you mean node?"),
        ("allocation.node.name", "allocation.node.name: node has no fields of its own"),
        ("allocation..node", "allocation..node: unknown field ''; expected one of"),
        ("*.node", "*.node: unknown field '*'; expected one of"),
        (".".join(["allocation"] * 40), "expected paths of at most 32 names"),
    ],
)
def test_mask_that_leads_nowhere_is_refused(mask: str, problem: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        parse_mask(ALLOCATION, mask)
    assert caught.value.failure.field == "x-goog-fieldmask"
    assert problem in caught.value.failure.message


def test_mask_leads_into_messages_that_contain_themselves() -> None:
    mask = "failures.cause.caused_by.caused_by.reason"
    add = catalog.load().operation("ism.AddPolicy").response
    assert printed(parse_mask(add, mask)) == {"failures": {"cause": {"caused_by": {"caused_by": {"reason": "*"}}}}}

import pytest

from searchway.suggestions import closest

KNOWN = ["ism.GetPolicy", "ism.ListPolicies", "rules.GetRule"]


@pytest.mark.parametrize(
    ("name", "most", "found"),
    [
        ("ism.ListPolicy", 1, ["ism.ListPolicies"]),
        ("ism.GetPolicy", 2, ["ism.GetPolicy", "ism.ListPolicies"]),
        ("nothing", 1, []),
        ("ism.GetPolicy" * 100, 1, []),  # too long to be a slip, and to be compared
    ],
)
def test_closest(name: str, most: int, found: list[str]) -> None:
    assert closest(name, KNOWN, most=most) == found

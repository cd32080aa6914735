from hypothesis import given
from hypothesis import strategies as st

from searchway.contract.catalog import load
from searchway.contract.records import Shape
from searchway.contract.selection import Selected, Selection, covers, unite

TREE = load().operation("fleet.MultiSearch").response


def selections(shape: Shape, depth: int = 3) -> st.SearchStrategy[Selection | None]:
    """Generate selections, with fields selected twice under different keys."""
    fields = shape.fields[:4]

    def below(number: int) -> st.SearchStrategy[Selected]:
        field = fields[number]
        inner = selections(field.shape, depth - 1) if field.shape and depth else st.none()
        return st.builds(Selected, st.just(field), st.sampled_from("abc"), inner)

    chosen = st.integers(0, len(fields) - 1).flatmap(below)
    return st.one_of(st.none(), st.lists(chosen, max_size=4).map(lambda found: Selection(tuple(found))))


def paths(selection: Selection | None, shape: Shape, way: str = "", depth: int = 5) -> set[str]:
    """Return every path that is selected, down to a depth, which is what the two functions are about."""
    fields = (
        [(f, None) for f in shape.fields] if selection is None else [(s.field, s.selection) for s in selection.fields]
    )
    found = set()
    for field, below in fields:
        found.add(f"{way}{field.name}")
        if field.shape and depth:
            found |= paths(below, field.shape, f"{way}{field.name}.", depth - 1)
    return found


TWO = st.tuples(selections(TREE), selections(TREE))


@given(TWO)
def test_the_union_selects_what_either_selects_and_nothing_else(two: tuple[Selection | None, Selection | None]) -> None:
    one, other = two
    assert paths(unite(one, other), TREE) == paths(one, TREE) | paths(other, TREE)


@given(TWO)
def test_what_covers_another_selects_all_of_it(two: tuple[Selection | None, Selection | None]) -> None:
    whole, part = two
    if covers(whole, part):
        assert paths(whole, TREE) >= paths(part, TREE)
    union = unite(whole, part)
    assert covers(union, whole)
    assert covers(union, part)


@given(selections(TREE))
def test_the_union_has_each_field_once_under_its_own_name(selection: Selection | None) -> None:
    union = unite(selection, selection)
    if union is not None:
        names = [chosen.out for chosen in union.fields]
        assert names == [chosen.field.name for chosen in union.fields]
        assert len(set(names)) == len(names)


@given(selections(TREE))
def test_everything_covers_all_and_only_everything_covers_everything(selection: Selection | None) -> None:
    assert covers(None, selection)
    assert covers(selection, None) == (selection is None)
    assert covers(selection, selection)

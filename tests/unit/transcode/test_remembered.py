from searchway.transcode.remembered import Remembered


def test_the_values_used_last_are_remembered() -> None:
    kept: Remembered[str, int] = Remembered(10)
    kept.put("a", 1, 4)
    kept.put("b", 2, 4)
    assert kept.get("a") == 1
    kept.put("c", 3, 4)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]
    assert (kept.weight, len(kept)) == (8, 2)


def test_a_value_in_place_of_another_counts_once() -> None:
    kept: Remembered[str, int] = Remembered(10)
    kept.put("a", 1, 4)
    kept.put("a", 2, 7)
    assert (kept.get("a"), kept.weight, len(kept)) == (2, 7, 1)


def test_a_value_that_grows_drops_others() -> None:
    kept: Remembered[str, int] = Remembered(10)
    kept.put("a", 1, 4)
    kept.put("b", 2, 4)
    kept.put("b", 2, 8)
    assert [kept.get(key) for key in "ab"] == [None, 2]


def test_a_value_that_is_too_heavy_is_not_remembered_and_drops_nothing_but_its_predecessor() -> None:
    kept: Remembered[str, int] = Remembered(10)
    kept.put("a", 1, 4)
    kept.put("b", 2, 4)
    kept.put("b", 3, 11)
    assert [kept.get(key) for key in "ab"] == [1, None]
    assert kept.weight == 4

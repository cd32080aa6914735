from contextlib import ExitStack

import pytest

from searchway.graph.openings import Openings, TooManyOpenError


def test_one_peer_leaves_room_for_others() -> None:
    openings = Openings(4, 2)
    with ExitStack() as opened:
        for peer in "ppq":
            opened.enter_context(openings.open(peer))
        with pytest.raises(TooManyOpenError, match=r"limits\.graphql_streams_per_peer"):
            opened.enter_context(openings.open("p"))
        opened.enter_context(openings.open("r"))
        with pytest.raises(TooManyOpenError, match=r"\(limits\.graphql_streams\)"):
            opened.enter_context(openings.open("s"))
    with openings.open("p"):
        pass


def test_one_that_closes_makes_room() -> None:
    openings = Openings(1, 1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), openings.open("p"):
            raise ZeroDivisionError

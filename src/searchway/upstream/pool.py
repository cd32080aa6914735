"""Chooses the node that gets the next request: in turn, past the ones that are left alone."""

from collections.abc import Collection, Sequence

from searchway.upstream.node import Node


class Pool:
    """The nodes of a cluster."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = tuple(nodes)
        self._turn = 0

    def choose(self, tried: Collection[Node] = ()) -> Node | None:
        """Return the next node that may be asked, one not tried yet if possible; None if all are left alone."""
        count, again = len(self._nodes), None
        for step in range(count):
            place = (self._turn + step) % count
            node = self._nodes[place]
            if node.breaker.wait:
                continue
            if node not in tried:
                self._turn = (place + 1) % count
                return node
            again = place if again is None else again
        if again is None:
            return None
        self._turn = (again + 1) % count
        return self._nodes[again]

    def has_other(self, tried: Collection[Node]) -> bool:
        """Return whether a node may be asked that was not tried yet."""
        return any(node not in tried and not node.breaker.wait for node in self._nodes)

    @property
    def left_alone(self) -> int:
        """How many nodes get no requests at present."""
        return sum(node.breaker.wait > 0 for node in self._nodes)

    @property
    def wait(self) -> float:
        """Seconds until some node may be asked."""
        return min(node.breaker.wait for node in self._nodes)

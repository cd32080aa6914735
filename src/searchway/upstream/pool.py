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
        count = len(self._nodes)
        order = [self._nodes[(self._turn + step) % count] for step in range(count)]
        ready = [node for node in order if not node.breaker.wait]
        chosen = next((node for node in ready if node not in tried), ready[0] if ready else None)
        if chosen is not None:
            self._turn = (self._nodes.index(chosen) + 1) % count
        return chosen

    def has_other(self, tried: Collection[Node]) -> bool:
        """Return whether a node may be asked that was not tried yet."""
        return any(node not in tried and not node.breaker.wait for node in self._nodes)

    @property
    def wait(self) -> float:
        """Seconds until some node may be asked."""
        return min(node.breaker.wait for node in self._nodes)

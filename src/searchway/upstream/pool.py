"""Chooses the node that gets the next request: of two that may, the one with less to do.

Two are compared, the next in turn and any other, so that several gateways do not all run to the same node; equal ones take
turns. A slow node counts as if it had more to do. Ejected nodes are passed over while others are left. While these are fewer
than half, which may be too few for the load, one read in ten tries an ejected node before its time; where none is left, a share
of the requests goes through (`throttle`).
"""

import random
from collections.abc import Callable, Collection, Sequence

from searchway.upstream.node import Node
from searchway.upstream.throttle import Throttle

# Of how many requests one tries an ejected node before its time; what a retry costs the budget is earned by as many.
_PROBED_EACH = 10

Pick = Callable[[Sequence[Node]], Node]


class Pool:
    """The nodes of a cluster."""

    def __init__(self, nodes: Sequence[Node], throttle: Throttle, pick: Pick = random.choice) -> None:
        """Take the nodes.

        Args:
            nodes: The nodes.
            throttle: Decides what goes through while every node is ejected.
            pick: Chooses one of several at random.
        """
        self._nodes = tuple(nodes)
        self._throttle = throttle
        self._pick = pick
        self._turn = 0
        self._since_probe = 0

    def choose(self, tried: Collection[Node] = (), *, risky: bool = False) -> Node | None:
        """Return the node for a request, one not tried yet if possible; None if the request is held back.

        Args:
            tried: Those that the request was sent to already.
            risky: Whether the request is lost if the node fails: a write, which is not sent again. It tries no node
                that failed lately if there are others.
        """
        if len(self._nodes) == 1 and not self._nodes[0].breaker.wait:
            return self._nodes[0]
        usable = self._usable()
        if not usable:
            return self._choose_ejected(tried)
        if (
            not risky
            and not tried
            and len(usable) < len(self._nodes) - len(usable)
            and (probed := self._choose_probed())
        ):
            return probed
        left = [node for node in usable if node not in tried] or usable
        if risky and len(left) > 1:
            left = [node for node in left if not node.breaker.has_failed_lately] or left
        return self._lighter(left)

    def _usable(self) -> list[Node]:
        return [node for node in self._nodes if not node.breaker.wait]

    def _choose_probed(self) -> Node | None:
        """Return an ejected node that is to be tried before its time."""
        self._since_probe += 1
        if self._since_probe < _PROBED_EACH:
            return None
        probed = next((node for node in self._nodes if node.breaker.wait and node.breaker.may_be_probed), None)
        if probed is not None:
            self._since_probe = 0
        return probed

    def _choose_ejected(self, tried: Collection[Node]) -> Node | None:
        left = [node for node in self._nodes if node not in tried]
        if not left or not (tried or self._throttle.allows()):
            return None
        return self._lighter(left)

    def _lighter(self, nodes: Sequence[Node]) -> Node:
        if len(nodes) == 1:
            return nodes[0]
        first = self._next(nodes)
        other = self._pick([node for node in nodes if node is not first])
        return other if other.load < first.load else first

    def _next(self, nodes: Sequence[Node]) -> Node:
        """Return the next of these nodes in turn."""
        count = len(self._nodes)
        for step in range(count):
            place = (self._turn + step) % count
            if self._nodes[place] in nodes:
                break
        self._turn = (place + 1) % count
        return self._nodes[place]

    def has_other(self, tried: Collection[Node]) -> bool:
        """Return whether a node may be asked that was not tried yet."""
        return any(node not in tried for node in self._usable() or self._nodes)

    @property
    def ejected(self) -> int:
        """How many nodes are ejected at present."""
        return sum(node.breaker.wait > 0 for node in self._nodes)

    @property
    def is_ejected(self) -> bool:
        """Whether every node is ejected at present."""
        return self.ejected == len(self._nodes)

    @property
    def wait(self) -> float:
        """Seconds until a request goes in any case: 0 while a node is left."""
        return self._throttle.wait if self.is_ejected else 0.0

"""The open connections of the HTTP listener: how many there may be, and what they may hold together.

Time is counted in seconds by `sweep`, so that no call needs a timer of its own. Knows sockets and numbers, not HTTP.
"""

import fcntl
import struct
import termios
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

from searchway.engine.peers import network_of
from searchway.settings import ConnectionSettings

_LOOKED_AT = 64
"""How many connections are looked at for one that can be given up, so that a flood costs no more for each new one."""
_CLOSING_SECONDS = 5
"""How long the rest of what was written may take to leave after a connection was closed."""
_NONE: OrderedDict["Connection", None] = OrderedDict()


class Transport(Protocol):
    """What a connection needs of asyncio's transports."""

    def abort(self) -> None:
        """Close at once."""

    def close(self) -> None:
        """Close when everything is written."""

    def is_closing(self) -> bool:
        """Tell whether it is being closed."""

    def get_write_buffer_size(self) -> int:
        """Return how much is written and has not left."""

    def get_extra_info(self, name: str) -> Any:
        """Return what is under it, as its `socket`."""


class Guarded(Protocol):
    """A protocol on a connection."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is lost by closing it."""

    @property
    def is_receiving(self) -> bool:
        """Whether a body is incomplete, so that it can be refused."""

    def check(self, now: int) -> None:
        """Close the connection if it takes too long."""

    def refuse_body(self) -> None:
        """Refuse the body that is being received, since there is no memory for it."""


class Connection:
    """One accepted connection."""

    __slots__ = ("abort", "closing", "held", "peer", "protocol", "served", "since", "stalled", "transport", "unread")

    def __init__(self, peer: str, now: int) -> None:
        self.peer = peer
        self.since = now
        """When what it waits for began."""
        self.served = False
        """Whether a request was answered on it."""
        self.held = 0
        """Bytes of bodies that it holds."""
        self.stalled: int | None = None
        """Since when its client does not read."""
        self.unread = 0
        """Bytes that had not left then."""
        self.closing: int | None = None
        """Since when it is being closed."""
        self.protocol: Guarded | None = None
        """What speaks on it; None during a handshake."""
        self.transport: Transport | None = None
        """What it writes to; None during a handshake."""
        self.abort: Callable[[], object] = lambda: None
        """Ends a handshake."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is lost by closing it."""
        return self.protocol is None or self.protocol.is_idle

    def end(self) -> None:
        """Close it at once."""
        if self.transport is None:
            self.abort()
        else:
            self.transport.abort()


class Connections:
    """Counts and bounds the connections.

    Args:
        settings: the bounds.
        total: how many may be open at the same time.
        note: called with a reason whenever a connection is refused or closed for a bound.
    """

    def __init__(self, settings: ConnectionSettings, total: int, note: Callable[[str], None]) -> None:
        self.settings = settings
        self.note = note
        self.now = 0
        """Seconds, as counted by `sweep`."""
        self.held = 0
        """Bytes of bodies that are held."""
        self._total = total
        self._per_peer = max(1, min(settings.per_peer, total // 2))
        self._all: OrderedDict[Connection, None] = OrderedDict()
        self._peers: dict[str, OrderedDict[Connection, None]] = {}
        self._most_of_peer = settings.body_memory // 2
        self._holding: set[Connection] = set()
        self._held_by: Counter[str] = Counter()
        self._stalled: set[Connection] = set()

    def __len__(self) -> int:
        return len(self._all)

    def admit(self, address: str) -> Connection | None:
        """Count a new connection, giving up an idle one for it where there are too many; None if there is no place."""
        peer = network_of(address)
        own = self._peers.get(peer, _NONE)
        if len(own) >= self._per_peer and not self._give_up(own, "per_peer"):
            return None
        if len(self._all) >= self._total and not self._give_up(self._all, "total"):
            return None
        connection = Connection(peer, self.now)
        self._all[connection] = self._peers.setdefault(peer, OrderedDict())[connection] = None
        return connection

    def leave(self, connection: Connection) -> None:
        """Count a connection no more."""
        if connection not in self._all:
            return
        self.release(connection)
        self.flowing(connection)
        del self._all[connection]
        own = self._peers[connection.peer]
        del own[connection]
        if not own:
            del self._peers[connection.peer]

    def hold(self, connection: Connection, count: int) -> None:
        """Note that a connection holds more bytes of bodies; if these are too many, refuse the largest body that is unfinished.

        One peer may hold half of the memory: then it is one of its own bodies.
        """
        self._add(connection, count)
        if self._held_by[connection.peer] > self._most_of_peer:
            self._refuse_body(self._largest_body(connection.peer) or connection)
        while self.held > self.settings.body_memory:
            self._refuse_body(self._largest_body() or connection)

    def try_to_hold(self, connection: Connection, count: int) -> bool:
        """Note that a connection holds more bytes of a body that is being unpacked; False, and nothing noted, if these are too many."""
        if self.held + count > self.settings.body_memory:
            return False
        if self._held_by[connection.peer] + count > self._most_of_peer:
            return False
        self._add(connection, count)
        return True

    def release(self, connection: Connection) -> None:
        """Note that a connection holds no bodies."""
        if not connection.held:
            return
        self.held -= connection.held
        self._held_by[connection.peer] -= connection.held
        if not self._held_by[connection.peer]:
            del self._held_by[connection.peer]
        connection.held = 0
        self._holding.discard(connection)

    def stall(self, connection: Connection) -> None:
        """Note that a client does not read fast enough; close the worst connection if too much is unread altogether."""
        if connection.transport is None:
            return
        connection.stalled, connection.unread = self.now, _unread(connection.transport)
        self._stalled.add(connection)
        unread = {one: one.transport.get_write_buffer_size() for one in self._stalled if one.transport}
        if sum(unread.values()) > self.settings.unread_memory:
            worst = max(unread, key=unread.__getitem__)
            self.flowing(worst)
            self._end(worst, "unread_memory")

    def flowing(self, connection: Connection) -> None:
        """Note that a client reads."""
        connection.stalled, connection.since = None, self.now
        self._stalled.discard(connection)

    def sweep(self) -> None:
        """Count a second, and close what has taken too long."""
        self.now += 1
        for connection in list(self._all):
            transport, protocol = connection.transport, connection.protocol
            if transport is None or protocol is None:
                continue  # a handshake has its own timeout
            if transport.is_closing():
                self._await_end(connection, transport)
            else:
                self._check_reading(connection, transport)
                protocol.check(self.now)

    def _await_end(self, connection: Connection, transport: Transport) -> None:
        """Cut off a connection that is closed, if nothing of what was written leaves any more."""
        left = _unread(transport)
        if connection.closing is None or left < connection.unread:
            connection.closing, connection.unread = self.now, left
        elif self.now - connection.closing >= _CLOSING_SECONDS:
            connection.end()

    def _check_reading(self, connection: Connection, transport: Transport) -> None:
        if connection.stalled is None or self.now - connection.stalled < self.settings.write_timeout:
            return
        left = _unread(transport)
        if left >= connection.unread:
            self._end(connection, "write_timeout")
        else:
            connection.stalled, connection.unread = self.now, left

    def _give_up(self, among: OrderedDict[Connection, None], reason: str) -> bool:
        """Close the connection that waits longest for a request, those first that never sent one; False if there is none."""
        found: list[Connection] = []
        for _ in range(min(_LOOKED_AT, len(among))):
            connection = next(iter(among))
            among.move_to_end(connection)
            if connection.is_idle:
                found.append(connection)
        self.note(reason)
        if not found:
            return False
        oldest = min(found, key=lambda one: (one.served, one.since))
        self.leave(oldest)
        oldest.end()
        return True

    def _add(self, connection: Connection, count: int) -> None:
        connection.held += count
        self.held += count
        self._held_by[connection.peer] += count
        self._holding.add(connection)

    def _refuse_body(self, victim: Connection) -> None:
        self.release(victim)
        if victim.protocol:
            victim.protocol.refuse_body()

    def _largest_body(self, peer: str | None = None) -> Connection | None:
        """Return the largest unfinished body: of a peer, or of the one whose bodies are largest together."""
        unfinished = [
            one for one in self._holding if one.protocol and one.protocol.is_receiving and peer in {None, one.peer}
        ]
        return max(unfinished, key=lambda one: (self._held_by[one.peer], one.held), default=None)

    def _end(self, connection: Connection, reason: str) -> None:
        self.note(reason)
        connection.end()


def _unread(transport: Transport) -> int:
    """Return how much a client has not received, what the system keeps for it included, which may be some megabytes."""
    try:
        (queued,) = struct.unpack(
            "i", fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, b"0000")
        )
    except (OSError, AttributeError, ValueError):
        queued = 0  # closed already, or not such a socket
    return transport.get_write_buffer_size() + int(queued)

"""Calls that want slots, over the admission alone."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from searchway.contract.catalog import load
from searchway.engine.admission import Admission, Queueing
from searchway.engine.call import Call
from searchway.engine.occupancy import Bounds

READ, WRITE = load().operation("cat.ListAllocation"), load().operation("security.PutRole")


@dataclass(slots=True, eq=False)
class Visit:
    """A call, from wanting a slot to giving it back."""

    cluster: str
    principal: str
    task: asyncio.Task[None] = field(init=False)
    end: asyncio.Event = field(default_factory=asyncio.Event)
    inside: bool = False


@dataclass(slots=True)
class World:
    """An admission, and those who visit."""

    bounds: Bounds
    queueing: Queueing = field(default_factory=lambda: Queueing(calls=100, seconds=60))
    visits: list[Visit] = field(default_factory=list)
    entered: list[Visit] = field(default_factory=list)
    """In the order in which they got their slots."""
    sheds: Counter[str] = field(default_factory=Counter)
    admission: Admission = field(init=False)

    def __post_init__(self) -> None:
        self.admission = Admission(self.bounds, self.queueing, self)

    def shed(self, reason: str) -> None:
        self.sheds[reason] += 1

    def visit(
        self, principal: str, cluster: str = "a", *, writes: bool = False, deadline: float | None = None
    ) -> Visit:
        """Begin a call, which stays inside until it is let go."""
        visit = Visit(cluster, principal)
        call = Call(face="cli", request_id="r", principal=principal, deadline=deadline)
        visit.task = asyncio.create_task(self._stay(visit, call, writes=writes))
        self.visits.append(visit)
        return visit

    async def _stay(self, visit: Visit, call: Call, *, writes: bool) -> None:
        await self.admission.enter(visit.cluster, WRITE if writes else READ, call)
        visit.inside = True
        self.entered.append(visit)
        try:
            await visit.end.wait()
        finally:
            visit.inside = False
            self.admission.leave(visit.cluster, call)

    @property
    def inside(self) -> Sequence[Visit]:
        """Who has a slot."""
        return [visit for visit in self.visits if visit.inside]

    @property
    def waiting(self) -> Sequence[Visit]:
        """Who waits for one."""
        return [visit for visit in self.visits if not visit.inside and not visit.task.done()]

    async def finish(self) -> None:
        """Let everybody come to an end."""
        for visit in self.visits:
            visit.end.set()
        await asyncio.gather(*(visit.task for visit in self.visits), return_exceptions=True)

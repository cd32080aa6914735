"""A cluster that answers when it is told to, and those who call it, over the joiner alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from searchway.engine.batches import Joining, Part
from searchway.engine.cohorts import Expected
from searchway.engine.joins import Joins
from searchway.engine.window import Window
from searchway.errors import CallError, Code, Failure, UnimplementedError, UpstreamError
from searchway.wire import HttpResponse
from unit.engine.turns import settle


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a call says."""

    number: int
    thing: str = ""
    owner: str = ""
    bad: bool = False
    """Whether the cluster refuses it, and every request that it is in."""
    odd: bool = False
    """Whether its own answer cannot be told from a joined one."""

    @property
    def write(self) -> tuple[str, str] | None:
        """What has an order."""
        return (self.thing, self.owner) if self.thing else None


@dataclass(slots=True, eq=False)
class Sent:
    """A request that is at the cluster."""

    messages: Sequence[Message]
    alone: bool
    answered: asyncio.Future[None]


@dataclass(slots=True, eq=False)
class Caller:
    """Somebody who called."""

    message: Message
    options: str
    task: asyncio.Task[HttpResponse]


def failed(code: Code, status: int) -> CallError:
    kind = UnimplementedError if code is Code.UNIMPLEMENTED else UpstreamError
    return kind(Failure(code=code, message=code.lower(), http_status=status, retryable=True, retry_delay_ms=7))


BAD = (Code.INVALID_ARGUMENT, 400)


@dataclass(slots=True)
class World:
    """A cluster that answers when it is told to, and those who call it."""

    can: bool = True
    most: int = 100
    bound: int = 1000
    seconds: float = 0
    sent: list[Sent] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)
    joins: Joins = field(default_factory=lambda: Joins(alone=3))

    def call(
        self,
        thing: str = "",
        *,
        options: str = "o",
        where: str = "c",
        bad: bool = False,
        odd: bool = False,
        owner: str = "",
        expected: Expected | None = None,
    ) -> Caller:
        message = Message(number=len(self.callers), thing=thing, owner=owner, bad=bad, odd=odd)
        joining = Joining(
            together=self._together if self.can else None,
            alone=self._alone,
            thing=thing,
            owner=owner,
            size=10,
            bound=self.bound,
            most=self.most,
            window=Window(self.seconds),
            expected=expected,
        )
        task = asyncio.create_task(self.joins.join(where, options, message, joining))
        caller = Caller(message, options, task)
        self.callers.append(caller)
        return caller

    async def _together(self, messages: Sequence[Message]) -> Sequence[Part]:
        await self._send(messages, alone=False)
        if any(message.bad for message in messages):
            raise failed(*BAD)
        return [None if message.odd else answer(message) for message in messages]

    async def _alone(self, message: Message) -> HttpResponse:
        await self._send([message], alone=True)
        if message.bad:
            raise failed(*BAD)
        return answer(message)

    async def _send(self, messages: Sequence[Message], *, alone: bool) -> None:
        things = [message.thing for message in messages if message.thing]
        assert len(things) == len(set(things)), "two writes of one thing in a request"
        under_way = {
            message.write for request in self.sent if not request.answered.done() for message in request.messages
        }
        assert (under_way - {None}).isdisjoint(message.write for message in messages), "a write overtakes another"
        request = Sent(messages, alone, asyncio.get_running_loop().create_future())
        self.sent.append(request)
        await request.answered

    def answer(self, request: Sent, error: Exception | None = None) -> None:
        if request.answered.done():
            return
        if error is None:
            request.answered.set_result(None)
        else:
            request.answered.set_exception(error)

    async def finish(self) -> None:
        """Answer whatever comes until nothing comes any more."""
        await settle()
        while waiting := [request for request in self.sent if not request.answered.done()]:
            for request in waiting:
                self.answer(request)
            await settle()

    @property
    def numbers(self) -> list[list[int]]:
        """What was sent, by the numbers of the callers."""
        return [[message.number for message in request.messages] for request in self.sent]


def answer(message: Message) -> HttpResponse:
    return HttpResponse(status=200, headers={}, body=b"%d" % message.number)


def bodies(world: World) -> list[bytes]:
    return [caller.task.result().body for caller in world.callers]

"""Sends the members of a batch: as one request, or each by itself, and gives each of them its own answer or error."""

import asyncio
from collections.abc import Callable, Hashable, Sequence

from searchway.engine.batches import Member, SendTogether
from searchway.errors import Applied, CallError, Code
from searchway.wire import HttpResponse

Few = Callable[[Hashable], asyncio.Semaphore]
"""Returns what bounds the calls of one owner that go alone at the same time."""

# What one member's input, object or rights may be to blame for, or the size of them all: none of it was carried out, and
# alone a member may do better.
_BLAMES_SOME = frozenset({400, 403, 404, 413, 414})
# The engine broke off, perhaps over what one member asks.
_CHOKED = 500

_PERHAPS_CARRIED_OUT = frozenset({Applied.UNKNOWN, Applied.YES, Applied.PART})


async def dispatch(together: SendTogether | None, members: Sequence[Member], few: Few) -> None:
    """Send the members together if that is possible and there are several, else each alone; each gets its answer or error."""
    if together is None:
        await _send_each(members, few)
    elif len(members) == 1:
        await _send_alone(members[0])
    elif members:
        await _send_together(together, members, few)


async def _send_together(together: SendTogether, members: Sequence[Member], few: Few) -> None:
    try:
        parts = await together([member.message for member in members])
    except CallError as error:
        if _blames_some(error, members[0]):
            await _send_each(members, few)
            return
        parts = [error.copy() for _ in members]
    left = []
    for member, part in zip(members, parts, strict=True):
        if part is None:
            left.append(member)
        else:
            give(member, part)
    await _send_each(left, few)


async def _send_each(members: Sequence[Member], few: Few) -> None:
    async def send(member: Member) -> None:
        async with few(member.joining.owner):
            await _send_alone(member)

    for member in members:
        member.sending = asyncio.create_task(send(member))
    # One that is cancelled, since its caller left, must not end the others.
    await asyncio.gather(*(member.sending for member in members if member.sending), return_exceptions=True)


async def _send_alone(member: Member) -> None:
    if member.answer.done():
        return  # it has left
    try:
        give(member, await member.joining.alone(member.message))
    except Exception as error:  # noqa: BLE001  # also a defect is told to this member alone
        give(member, error)


def _blames_some(error: CallError, member: Member) -> bool:
    """Tell whether a joined request may have failed for what only some of its members are, or for being joined.

    A write that may have been carried out is never sent again, whatever its answer was.
    """
    status, reads = error.failure.http_status, not member.joining.thing
    if not reads and error.failure.applied in _PERHAPS_CARRIED_OUT:
        return False
    too_large = error.code is Code.RESOURCE_EXHAUSTED and not status
    choked = reads and status == _CHOKED  # of a write nobody knows what was carried out
    return status in _BLAMES_SOME or error.code is Code.UNIMPLEMENTED or too_large or choked


def give(member: Member, part: HttpResponse | Exception) -> None:
    """Give a member its answer or its error, unless it has left."""
    if member.answer.done():
        return
    if isinstance(part, HttpResponse):
        member.answer.set_result(part)
    else:
        member.answer.set_exception(part)

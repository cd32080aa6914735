"""Indices: the policy that a new index shall be under.

Newer engines take the policy as a setting of the new index and manage nothing; only a policy that is added afterwards is heeded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from searchway.errors import CallError, Failure
from searchway.families.hooks import Done, Hook, Outcome

_ADD_POLICY = "ism.AddPolicy"


class CreateIndex(Hook):
    """The creation of an index."""

    def needs(self, message: Any) -> Mapping[str, str]:
        """A policy can only be added where there are policies."""
        return {"attach": _ADD_POLICY} if message.attach else {}

    async def follow(self, done: Done, outcome: Outcome) -> Outcome:
        """Add the policy, and say whether that worked; the index exists either way."""
        if not done.message.attach:
            return outcome
        failures = await self._attach(done)
        return Outcome(failures=failures, local={"attached": not failures})

    async def _attach(self, done: Done) -> Sequence[Failure]:
        index = done.message.index
        try:
            return await done.follow(_ADD_POLICY, {"indices": [index], "policy_id": done.message.attach})
        except CallError as error:
            return [replace(error.failure, item=index)]

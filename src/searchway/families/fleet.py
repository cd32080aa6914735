"""Fleet searches: checkpoints go into the header lines, and each search may fail on its own."""

from typing import Any

from searchway.families.documents import read_object
from searchway.families.hooks import Done, Hook, Outcome
from searchway.transcode.failures import item_failure


class MultiSearch(Hook):
    """Several searches in one request."""

    def prepare(self, message: Any) -> Any:
        """Copy the checkpoints of the request into each header without its own.

        They are documented as a query parameter, which real servers refuse: they read it from the header line.
        """
        if not message.wait_for_checkpoints:
            return message
        prepared = type(message)()
        prepared.CopyFrom(message)
        for search in prepared.searches:
            if not search.header.wait_for_checkpoints:
                search.header.wait_for_checkpoints.extend(message.wait_for_checkpoints)
        return prepared

    async def complete(self, done: Done) -> Outcome:
        """Report every search that failed, by its number."""
        document = read_object(done.body)
        items = document.get("responses") or document.get("docs") or []
        failed = ((i, item) for i, item in enumerate(items) if isinstance(item, dict) and item.get("error"))
        return Outcome(
            failures=[item_failure(x["error"], item=str(i), http_status=x.get("status") or 0) for i, x in failed]
        )

"""Fleet searches: checkpoints go into the header lines, each search may fail on its own, and hits are paged only by an order that is total."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from searchway.errors import Failure, InvalidArgumentError, MalformedAnswerError
from searchway.families.hooks import Done, Hook, Outcome
from searchway.transcode import jsontext
from searchway.transcode.failures import item_failure
from searchway.transcode.searchbody import read_members, sort_fields

_BODY, _ERROR = "body", "error"
_LISTS = ("responses", "docs")
_CHOOSING = ("size", "from", "search_after")
_ENDINGS = (
    "the unique_field of the request, _id where header.index names one index or _index is sorted by as well, _shard_doc with a point in time (pit), "
    "or _seq_no with one checkpoint in header.wait_for_checkpoints, which stands for one shard"
)


class MultiSearch(Hook):
    """Several searches in one request."""

    def prepare(self, message: Any) -> Any:
        """Copy the checkpoints of the request into each header without its own.

        They are documented as a query parameter, which real servers refuse: they read it from the header line.
        """
        for number, search in enumerate(message.searches):
            _check_object(search.body, f"searches[{number}].{_BODY}")
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
        failed = ((number, item) for number, item in enumerate(_items(done.body)) if _ERROR in item)
        return Outcome(failures=[_failure(str(number), item) for number, item in failed])


class Search(Hook):
    """One search."""

    def prepare(self, message: Any) -> Any:
        """Check that the body is one: engines say of other JSON only what their parsers met in the line before."""
        _check_object(message.body, _BODY)
        return message

    def check_pages(self, message: Any) -> None:
        """Check that pages of the hits can neither overlap nor miss any: hits that sort alike would be torn apart.

        Which fields tell any two hits apart is known of a few only; a field of the documents may hold anything, so that
        the caller must say that it does not.
        https://www.elastic.co/docs/reference/elasticsearch/rest-apis/paginate-search-results#search-after
        """
        members = read_members(message.body.text, _BODY)
        for name in _CHOOSING:
            if name in members:
                raise InvalidArgumentError(f"{_BODY}.{name}", "must not be given where page_size or page_token is")
        names = sort_fields(members.get("sort"), f"{_BODY}.sort")
        if not names or not _is_unique(names, message, has_point="pit" in members):
            last = f"ends in {names[-1]!r}" if names else "is missing"
            raise InvalidArgumentError(
                f"{_BODY}.sort", f"{last}; to be paged, hits need an order that ends in {_ENDINGS}"
            )


def _items(body: bytes) -> Sequence[Mapping[str, msgspec.Raw]]:
    """Cut the answer into its searches; hits may hold numbers that no parser takes."""
    try:
        parts = jsontext.members(body)
        found = next((parts[name] for name in _LISTS if name in parts), None)
        return [jsontext.members(item) for item in jsontext.elements(found)] if found is not None else []
    except msgspec.MsgspecError as error:
        raise MalformedAnswerError.of_shape() from error


def _failure(number: str, item: Mapping[str, msgspec.Raw]) -> Failure:
    error, status = (jsontext.parse(bytes(item.get(name, b"null"))) for name in (_ERROR, "status"))
    cause = error if isinstance(error, dict) else {"reason": str(error)}
    return item_failure(cause, item=number, http_status=status if isinstance(status, int) else 0)


def _check_object(body: Any, path: str) -> None:
    if body.text and not body.text.lstrip(" \t\r\n").startswith("{"):
        raise InvalidArgumentError(path, "expected a JSON object")


def _is_unique(names: list[str], message: Any, *, has_point: bool) -> bool:
    header = message.header
    match names[-1]:
        case "_id":
            return "_index" in names or _is_one_index(header.index)
        case "_shard_doc":
            return has_point
        case "_seq_no":
            return len(header.wait_for_checkpoints) == 1
        case name:
            return bool(name == message.unique_field)


def _is_one_index(names: Any) -> bool:
    return len(names) == 1 and names[0] not in {"", "_all"} and not any(c in names[0] for c in "*,")

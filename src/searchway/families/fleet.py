"""Fleet searches: checkpoints go into the header lines, each search may fail on its own, and hits are paged only by an order that is total."""

from dataclasses import replace
from typing import Any

from searchway.errors import Failure, InvalidArgumentError, MalformedAnswerError
from searchway.families import searches
from searchway.families.hooks import Done, Hook, Outcome
from searchway.transcode.searchbody import read_members, sort_fields

_BODY = "body"
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

    def read(self, done: Done) -> Outcome:
        """Report every search that failed, by its number."""
        _, answers = searches.cut(done.body)
        failed = [_failure_of(answer, str(number)) for number, answer in enumerate(answers)]
        return Outcome(failures=[failure for failure in failed if failure])


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


def _failure_of(answer: Any, item: str) -> Failure | None:
    """Return why a search failed; that its answer cannot be read is a reason too."""
    try:
        return searches.failure_of(answer, item=item)
    except MalformedAnswerError as error:
        return replace(error.failure, item=item)


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

"""What a path variable may hold: nothing that would make the request one of another route.

    /{index}                index = "_settings"    PUT /_settings       refused: an API, not an index
    /_tasks/{task_id}       task_id = "_cancel"    GET /_tasks/_cancel  refused: a word of the API beside the variable
    /_tasks/{task_id}       task_id = "_Zk0:12"    GET /_tasks/_Zk0:12  sent: no word of an API looks like that

The engines prefer a literal segment of a route to a variable one, and every literal that can stand in place of a name begins with an
underscore. Escaping is not here: it belongs to the path template.
"""

import re
from typing import Any

from searchway.contract.records import Field
from searchway.contract.template import Variable
from searchway.errors import InvalidArgumentError
from searchway.transcode.params import text_of

# Lets through, in one linear search, what none of the rules below concerns: nearly everything.
_NOTABLE = re.compile(r"[\x00-\x1f\x7f]|(?:^|,)(?:_|\.\.?(?:,|\Z))")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

# How the words of the engines' APIs look, without exception. Identifiers that a cluster makes may begin with an underscore too, but
# have digits, capitals or colons as well.
_WORD = re.compile(r"_[a-z_]*")

# What clients and proxies take out of a path even before it is sent. Between escaped slashes it is a part of an identifier like any other.
# https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4
_DOT_SEGMENTS = frozenset({".", ".."})

# Words that stand for indices or nodes in lists; no route has them as a literal in the place of a list.
# https://www.elastic.co/docs/reference/elasticsearch/rest-apis/api-conventions#api-multi-index
# https://www.elastic.co/docs/api/doc/elasticsearch/group/endpoint-cluster
_ALL = frozenset({"_all"})
_SELECTORS = _ALL | {"_local", "_master", "_cluster_manager"}

# The longest names of the engines, those of documents, have 512 bytes; a request line takes 4,096 unless the cluster is set otherwise.
_LONGEST = 4096
_SHORT = _LONGEST // 4  # a character has at most four bytes
_SHOWN = 60


def path_argument(field: Field, variable: Variable, value: Any) -> str:
    """Return the text of a path variable.

    Raises:
        InvalidArgumentError: it is empty or too long, it or an item of it could make the request one of another route, or a list has an
            item that is empty or holds a comma.
    """
    text = text_of(field, value, field.name)
    if not text:
        raise InvalidArgumentError(field.name, "must not be empty, it is part of the path")
    if text in variable.beside:
        raise _refused(field.name, text, f"is the name of another API beside {{{field.name}}}; expected an identifier")
    if len(text) > _SHORT or _NOTABLE.search(text):
        for path, item in _items(field, value, text):
            _check(field, variable, item, path)
    return text


def _items(field: Field, value: Any, text: str) -> list[tuple[str, str]]:
    if not field.repeated:
        return [(field.name, text)]
    return [(f"{field.name}[{index}]", item) for index, item in enumerate(value)]


def _check(field: Field, variable: Variable, text: str, path: str) -> None:
    if len(text.encode()) > _LONGEST:
        raise _refused(path, text, f"has more than {_LONGEST} bytes; no name of the engines does")
    if _CONTROL.search(text):
        raise _refused(path, text, "must not hold control characters")
    if text in _DOT_SEGMENTS:
        raise InvalidArgumentError(path, f"must not be {text!r}, which a path cannot hold")
    if variable.leads:
        _check_leading(field, text, path)
    elif _WORD.fullmatch(text) and not (field.repeated and text in _SELECTORS):
        raise _refused(
            path, text, "looks like a word of the API (an underscore and small letters); expected an identifier"
        )


def _check_leading(field: Field, text: str, path: str) -> None:
    """The first segment says which API it is: no name of an index, alias or data stream begins with an underscore."""
    if field.repeated and text in _ALL:
        return
    if any(name.startswith("_") for name in text.split(",")):
        raise _refused(path, text, "must not begin with '_', as the engines' APIs do; expected the name of an index")


def _refused(path: str, text: str, problem: str) -> InvalidArgumentError:
    shown = repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
    return InvalidArgumentError(path, f"{shown} {problem}")

"""The contract as frozen records: what the proto files say, in the words the rest of the gateway uses.

Built once by `catalog`; must not know protobuf's descriptors, HTTP clients or either face.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any

from searchway.contract.template import PathTemplate


class Engine(StrEnum):
    """A product whose clusters the gateway can stand in front of."""

    ELASTICSEARCH = "elasticsearch"
    OPENSEARCH = "opensearch"
    OPENDISTRO = "opendistro"


class Kind(Enum):
    """The type of a field's values."""

    BOOL = "bool"
    INT = "int"
    """A whole number of 32 bits."""
    LONG = "long"
    """A whole number of 64 bits."""
    DOUBLE = "double"
    STRING = "string"
    ENUM = "enum"
    MESSAGE = "message"
    JSON = "json"
    """Any JSON value, kept as its text."""
    STRINGS = "strings"
    """A list of texts for which being empty differs from being absent."""


class Role(Enum):
    """What a field stands for in the REST document. See `contract.proto` for each."""

    MEMBER = "member"
    KEY = "key"
    VALUE = "value"
    SPREAD = "spread"
    EXTRA = "extra"
    QUERY = "query"
    LOCAL = "local"
    GIVEN = "given"
    IDENTITY = "identity"
    """No field of the message: the identifier of an entity, made of the fields of its key."""


_DECLARED = frozenset({Role.MEMBER, Role.KEY, Role.QUERY})


class Form(Enum):
    """How the bodies of an operation are written."""

    JSON = "json"
    NDJSON = "ndjson"
    TABLE = "table"


class Retry(Enum):
    """What the gateway may send a second time by itself."""

    SAFE = "safe"
    """A read: again on another node, whatever happened to the first."""
    UNSENT = "unsent"
    """A write: again only if the first certainly never reached the cluster."""
    NEVER = "never"
    """Never."""


class Pages(Enum):
    """How the server hands out a list."""

    WHOLE = "whole"
    OFFSET = "offset"
    AFTER = "after"
    SORT = "sort"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Words:
    """An enum of the contract. Compared by identity, as shapes are."""

    name: str
    """The full proto name."""
    comment: str
    """What it is, for users."""
    names: Mapping[int, str]
    """The values' names by number, without the enum's prefix: `WAIT_FOR`. The unspecified value is left out."""
    words: Mapping[int, str]
    """The values' REST words by number: `wait_for`."""
    comments: Mapping[int, str]
    """The values' comments by number."""

    def number(self, text: str) -> int | None:
        """Return the number of the value with this name or REST word, None if there is no such value."""
        for table in (self.names, self.words):
            for number, word in table.items():
                if word == text:
                    return number
        return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """A field of a message and where it stands in the REST document. Compared by identity, as shapes are."""

    name: str
    """The proto name."""
    number: int
    """The proto number."""
    kind: Kind
    """The type of its values."""
    repeated: bool = False
    """Whether it is a list."""
    required: bool = False
    """In requests: must be given. In answers: is always there."""
    output_only: bool = False
    """Whether only the server sets it: in requests it is passed over."""
    deprecated: bool = False
    """Whether users should not use it any more."""
    comment: str = ""
    """What it is, for users."""
    shape: "Shape | None" = None
    """MESSAGE: the message."""
    words: Words | None = None
    """ENUM: the enum."""
    at: tuple[str, ...] = ()
    """The way down to it through objects of the REST document; a number is the index of a list."""
    also: tuple[str, ...] = ()
    """Other keys that may stand in place of the last of `at` in answers."""
    role: Role = Role.MEMBER
    """What it stands for."""
    key_from: str | None = None
    """The request field whose value is its key."""
    duration: bool = False
    """Whether its text must be a length of time with a unit."""
    oneof: str | None = None
    """The name of the oneof it belongs to."""
    engines: tuple["Availability", ...] = ()
    """In requests: the engines that take it; empty for all that have the operation."""
    single: bool = False
    """In requests: whether a list of one item is written as the item itself."""
    within: str = ""
    """In answers to writes: the key under which they hold the value one object deeper than answers to reads."""
    key: tuple["Field", ...] = ()
    """IDENTITY: the fields that it is made of."""

    @property
    def ways(self) -> tuple[tuple[str, ...], ...]:
        """The ways down to it in answers, of which the first that leads to something counts."""
        return (self.at, *((*self.at[:-1], key) for key in self.also))

    @property
    def is_map(self) -> bool:
        """Whether the list is a JSON object: its message has a key."""
        return self.repeated and self.shape is not None and self.shape.key is not None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entity:
    """What makes a message a thing with an identity."""

    name: str
    """What it is called among entities: the message's own name."""
    identity: Field
    """The identifier, which also knows the fields of the key."""
    read: str
    """The operation that reads one, as in `ism.GetPolicy`; empty if there is none."""
    joined: str
    """The request field that takes the key's parts, joined with colons; empty if each goes into the field of its own name."""


@dataclass(eq=False, kw_only=True)
class Shape:
    """A message. Compared by identity: each message has one shape, which may contain itself."""

    name: str
    """The full proto name."""
    comment: str
    """What it is, for users."""
    cls: type[Any]
    """The protobuf message class."""
    fields: tuple[Field, ...] = field(default=(), repr=False)
    """The fields, in the order of the proto file. Filled in by the catalogue, once."""
    entity: Entity | None = field(default=None, repr=False)
    """What makes it a thing with an identity; None if it is none."""

    def __iter__(self) -> Iterator[Field]:
        """Iterate over the fields."""
        return iter(self.fields)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by proto name."""
        return {f.name: f for f in self.fields}

    @cached_property
    def by_json_name(self) -> Mapping[str, Field]:
        """The fields by the names that JSON of protobuf has for them, as in `policyId`."""
        names = {d.name: d.json_name for d in self.cls.DESCRIPTOR.fields}
        return {names[f.name]: f for f in self.fields}

    @property
    def is_cause(self) -> bool:
        """Whether it is an engine's own account of an error."""
        return self.name == "searchway.api.errors.v1.ErrorCause"

    @cached_property
    def key(self) -> Field | None:
        """The field that is the key of the map entry."""
        return self._with_role(Role.KEY)

    @cached_property
    def value(self) -> Field | None:
        """The field that is the message's whole JSON."""
        return self._with_role(Role.VALUE)

    @cached_property
    def spread(self) -> Field | None:
        """The field whose entries lie among the message's own members."""
        return self._with_role(Role.SPREAD)

    @cached_property
    def extra(self) -> Field | None:
        """The field that takes undeclared members."""
        return self._with_role(Role.EXTRA)

    @cached_property
    def declared_keys(self) -> frozenset[str]:
        """The keys of the object at which declared members stand, less those that the request decides."""
        declared = [f for f in self.fields if f.role in _DECLARED and not f.key_from]
        return frozenset(key for f in declared for key in (f.at[0], *(f.also if len(f.at) == 1 else ())))

    @cached_property
    def restricted(self) -> tuple[Field, ...]:
        """The fields that not every engine takes, and those below which there are some."""
        return tuple(f for f in self.fields if f.engines or (f.shape is not None and _is_restricted(f.shape)))

    @property
    def is_empty(self) -> bool:
        """Whether the message has no fields."""
        return not self.fields

    def _with_role(self, role: Role) -> Field | None:
        return next((f for f in self.fields if f.role is role), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """An engine that has the operation."""

    engine: Engine
    """The engine."""
    since: tuple[int, ...] = ()
    """The first version that has it; empty for every supported one."""
    prefix: str = ""
    """The first segments of the path on this engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One REST route of an operation."""

    method: str
    """The HTTP method."""
    path: PathTemplate
    """The path, with variables."""
    body: str = ""
    """The request field that is the body, `*` for all that are left, or nothing."""
    response_body: str = ""
    """The response field that is the whole answer, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How the items of an answer are paged."""

    items: str
    """The response field that holds them."""
    pages: Pages = Pages.WHOLE
    """How the server hands them out."""
    start: str = ""
    """OFFSET, AFTER: the query key that takes the offset or the key to start after. SORT: the member of `body` that takes the values."""
    size: str = ""
    """OFFSET: the query key that takes the number of items. SORT: the member of `body`."""
    next: tuple[str, ...] = ()
    """AFTER: the way to the key to go on with in the answer."""
    origin: str = ""
    """AFTER: a key below every other, with which the first page is asked."""
    total: tuple[str, ...] = ()
    """The way to the number of all items in the answer."""
    limit: int = 0
    """The most items the server gives at once; 0 where it has no bound."""
    key: str = ""
    """AFTER, SORT: the field of an item that holds what the server goes on after."""
    body: str = ""
    """SORT: the request field, free JSON, that says how items are sorted."""
    relation: tuple[str, ...] = ()
    """SORT: the way to the word that says how the number of all items is meant: `eq` for exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """How calls in flight at the same time become one."""

    field: str
    """The list that takes the members."""
    into: str = ""
    """The rpc that takes many, where it is another one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Operation:
    """A documented operation: the narrow waist between the faces and the clusters."""

    name: str
    """Family and rpc, as in `ism.CreatePolicy`."""
    family: str
    """The family, as in `ism`."""
    rpc: str
    """The rpc, as in `CreatePolicy`."""
    service: str
    """The full name of the gRPC service."""
    request: Shape
    """What it takes."""
    response: Shape
    """What it gives."""
    bindings: tuple[Binding, ...]
    """Its REST routes, the most specific first."""
    engines: tuple[Availability, ...]
    """The engines that have it."""
    form: Form = Form.JSON
    """How its bodies are written."""
    retry: Retry = Retry.UNSENT
    """What may be sent again."""
    read_only: bool = False
    """Whether it changes nothing."""
    idempotent: bool = False
    """Whether a second identical call changes nothing more."""
    paging: Paging | None = None
    """How its items are paged."""
    batch: Batch | None = None
    """How its calls are joined."""
    streaming: bool = False
    """Whether it gives many answers, one after the other."""
    stream_of: str = ""
    """The operation whose items it streams, page by page, as in `rules.ListRules`."""
    query: tuple[tuple[str, str], ...] = ()
    """What is always sent in the query."""
    comment: str = ""
    """What it does, for users."""
    link: str = ""
    """Its public documentation."""
    deprecated: bool = False
    """Whether users should not use it any more."""

    @property
    def grpc_path(self) -> str:
        """The path of the gRPC method."""
        return f"/{self.service}/{self.rpc}"

    @cached_property
    def items(self) -> Field | None:
        """The response field that is paged."""
        return self.response.by_name[self.paging.items] if self.paging else None

    @cached_property
    def whole(self) -> Field | None:
        """The response field whose value the REST answer is as a whole; None if the answer is the message itself."""
        name = next((binding.response_body for binding in self.bindings if binding.response_body), None)
        return self.response.by_name[name] if name else None

    @cached_property
    def streamed(self) -> Field:
        """The response field that holds an item of the operation whose items are streamed."""
        return next(f for f in self.response.fields if f.role is not Role.LOCAL)

    @property
    def is_list_of_one(self) -> bool:
        """Whether the request is written as the only item of a list, and the answer is the only entry of one."""
        return self.form is Form.NDJSON and self.bindings[0].body == "*"

    @cached_property
    def has_given_keys(self) -> bool:
        """Whether the request decides keys of the answer, or values that the answer does not repeat."""
        return any(
            field.key_from or field.role is Role.GIVEN
            for shape in shapes_below(self.response)
            for field in shape.fields
        )

    @cached_property
    def reserved_keys(self) -> frozenset[str]:
        """Keys that an entry of a spread map must not have: those of the members beside it in answers, and those of paging."""
        spreading = [shape for shape in shapes_below(self.response) if shape.spread is not None]
        paging = (self.paging.start, self.paging.size) if self.paging else ()
        return frozenset(key for shape in spreading for key in shape.declared_keys) | frozenset(filter(None, paging))

    @cached_property
    def is_restricted(self) -> bool:
        """Whether the request has fields, at any depth, that not every engine takes."""
        return _is_restricted(self.request)

    def availability(self, engine: Engine) -> Availability | None:
        """Return where and since when the engine has the operation, None if it does not."""
        return next((a for a in self.engines if a.engine is engine), None)


def _is_restricted(shape: Shape) -> bool:
    return any(field.engines for one in shapes_below(shape) for field in one.fields)


def shapes_below(shape: Shape) -> list[Shape]:
    """Return the shape and every shape that it contains, each once."""
    found = [shape]
    for one in found:  # grows while it is walked
        found += {f.shape: None for f in one.fields if f.shape is not None and f.shape not in found}
    return found

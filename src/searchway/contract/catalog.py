"""The catalogue: every operation of the contract, read once from the compiled proto files.

The only place that turns protobuf descriptors into records; must not know how operations are called.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import import_module
from importlib.resources import files
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

from google.api import annotations_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorSet, MethodOptions

from searchway.api.contract.v1 import contract_pb2
from searchway.contract.availability import read_availability
from searchway.contract.comments import read_comments
from searchway.contract.entities import check_entities
from searchway.contract.records import (
    Batch,
    Binding,
    Entity,
    Form,
    Operation,
    Pages,
    Paging,
    Retry,
    shapes_below,
)
from searchway.contract.shapes import ContractError, ShapeFactory
from searchway.contract.template import parse_template
from searchway.errors import InvalidArgumentError
from searchway.suggestions import closest

_PACKAGE = "searchway/api/"
_METHODS = ("get", "put", "post", "delete", "patch")
_LINK = re.compile(r"https://\S+")


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """Every operation."""

    operations: Mapping[str, Operation]
    """The operations by name, as in `ism.CreatePolicy`."""
    descriptor_set: FileDescriptorSet
    """The proto files with their comments."""

    @property
    def unary(self) -> Mapping[str, Operation]:
        """The operations with one answer, by name: all but the streams."""
        return {name: operation for name, operation in self.operations.items() if not operation.streaming}

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        """The things with an identity that answers hold."""
        shapes = {shape: None for operation in self.operations.values() for shape in shapes_below(operation.response)}
        return tuple(shape.entity for shape in shapes if shape.entity)

    @property
    def services(self) -> Mapping[str, tuple[Operation, ...]]:
        """The operations by the full name of their gRPC service."""
        services: dict[str, tuple[Operation, ...]] = {}
        for operation in self.operations.values():
            services[operation.service] = (*services.get(operation.service, ()), operation)
        return services

    def operation(self, name: str) -> Operation:
        """Return the operation with this name.

        Raises:
            InvalidArgumentError: there is none; names the nearest ones.
        """
        if found := self.operations.get(name):
            return found
        near = closest(name, self.operations, most=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else f"; there are {', '.join(sorted(self.operations))}"
        raise InvalidArgumentError("operation", f"{name!r} is not an operation{hint}")


@cache
def load() -> Catalog:
    """Read the catalogue from the compiled proto files of this package.

    Raises:
        ContractError: a proto file contradicts itself.
    """
    packed = files("searchway.api").joinpath("descriptors.binpb").read_bytes()
    descriptor_set = FileDescriptorSet.FromString(packed)
    comments = read_comments(descriptor_set)
    shapes = ShapeFactory(comments)
    modules = [_generated(file.name) for file in descriptor_set.file if file.name.startswith(_PACKAGE)]
    operations = _distinguished([o for module in modules for o in _operations(module, comments, shapes)])
    catalog = Catalog(operations={o.name: o for o in operations}, descriptor_set=descriptor_set)
    check_entities(catalog.operations)
    return catalog


def _distinguished(operations: list[Operation]) -> list[Operation]:
    """Tell each path variable what other operations have in its place: a value that equals it would reach them."""
    routes = {binding.path for operation in operations for binding in operation.bindings}
    return [
        replace(o, bindings=tuple(replace(binding, path=binding.path.among(routes)) for binding in o.bindings))
        for o in operations
    ]


def _generated(proto: str) -> ModuleType:
    return import_module(proto.removesuffix(".proto").replace("/", ".") + "_pb2")


def _operations(module: ModuleType, comments: Mapping[str, str], shapes: ShapeFactory) -> Iterator[Operation]:
    for service in module.DESCRIPTOR.services_by_name.values():
        defaults = service.GetOptions().Extensions[contract_pb2.defaults]
        for method in service.methods:
            yield _operation(method, defaults, comments.get(method.full_name, ""), shapes)


def _operation(method: Any, defaults: Any, comment: str, shapes: ShapeFactory) -> Operation:
    options = method.GetOptions()
    said = options.Extensions[contract_pb2.operation]
    family = method.containing_service.file.package.split(".")[-2]
    read_only = options.idempotency_level == MethodOptions.NO_SIDE_EFFECTS
    link = _LINK.search(comment)
    routes = method.containing_service.methods_by_name[said.stream_of].GetOptions() if said.stream_of else options
    return Operation(
        name=f"{family}.{method.name}",
        family=family,
        rpc=method.name,
        service=method.containing_service.full_name,
        request=shapes.shape(method.input_type),
        response=shapes.shape(method.output_type),
        bindings=tuple(_bindings(routes.Extensions[annotations_pb2.http])),
        engines=tuple(map(read_availability, said.engines or defaults.engines)),
        form=_FORMS[said.form or defaults.form],
        retry=_retry(said.retry or defaults.retry, read_only),
        read_only=read_only,
        idempotent=read_only or options.idempotency_level == MethodOptions.IDEMPOTENT,
        paging=_paging(said.paging) if said.HasField("paging") else None,
        batch=Batch(field=said.batch.field, into=said.batch.into) if said.HasField("batch") else None,
        streaming=method.server_streaming,
        stream_of=f"{family}.{said.stream_of}" if said.stream_of else "",
        query=tuple(parse_qsl(said.query)),
        comment=_LINK.sub("", comment).strip(),
        link=link[0] if link else "",
        deprecated=options.deprecated,
    )


_FORMS = {
    contract_pb2.FORM_UNSPECIFIED: Form.JSON,
    contract_pb2.FORM_NDJSON: Form.NDJSON,
    contract_pb2.FORM_TABLE: Form.TABLE,
}
_PAGES = {
    contract_pb2.PAGES_UNSPECIFIED: Pages.WHOLE,
    contract_pb2.PAGES_OFFSET: Pages.OFFSET,
    contract_pb2.PAGES_AFTER: Pages.AFTER,
    contract_pb2.PAGES_SORT: Pages.SORT,
}


def _retry(said: int, read_only: bool) -> Retry:
    if said == contract_pb2.RETRY_NEVER:
        return Retry.NEVER
    return Retry.SAFE if read_only else Retry.UNSENT


def _bindings(rule: Any) -> Iterator[Binding]:
    for one in (rule, *rule.additional_bindings):
        method = next((m for m in _METHODS if getattr(one, m)), None)
        if method is None:
            raise ContractError(f"an http rule without one of {', '.join(_METHODS)}: {one}")
        path = parse_template(getattr(one, method))
        yield Binding(method=method.upper(), path=path, body=one.body, response_body=one.response_body)


def _paging(said: Any) -> Paging:
    return Paging(
        items=said.items,
        pages=_PAGES[said.pages],
        start=said.start,
        size=said.size,
        next=tuple(said.next.split(".")) if said.next else (),
        origin=said.origin,
        total=tuple(said.total.split(".")) if said.total else (),
        limit=said.limit,
        key=said.key,
        body=said.body,
        relation=tuple(said.relation.split(".")) if said.relation else (),
    )

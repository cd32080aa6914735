"""The GraphQL schema, derived from the catalogue.

    type Query { ism(cluster: …): IsmQueries! … }  the reads, grouped by family
    type Mutation { ismCreatePolicy(…) … } the writes, flat, because only root mutations run one after the other
    type Subscription { … }                the streams, flat, because a subscription has one root field

The schema holds types and no resolvers: `execution` answers operation fields.
"""

from collections.abc import Mapping
from typing import Any

import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLOneOfDirective,
    GraphQLSchema,
    introspection_types,
    print_directive,
    print_schema,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import StrawberryArgument

from searchway.contract.catalog import Catalog
from searchway.contract.comments import read_comments
from searchway.contract.records import Field, Operation
from searchway.graph import names
from searchway.graph.clusterlist import add_cluster_list
from searchway.graph.connections import connection_type, end_arguments, page_info_type, takes_end
from searchway.graph.descriptions import describe
from searchway.graph.entities import NamespaceId, add_lookups, node_type
from searchway.graph.prose import reword_schema
from searchway.graph.scalars import SCALARS, Empty
from searchway.graph.types import (
    TypeFactory,
    add_field,
    add_identity,
    contract_of,
    inputs,
    object_type,
    plain_argument,
    whole_argument,
)
from searchway.graph.words import list_words
from searchway.vocabulary import CLUSTER

_DESCRIPTION = (
    "The operations of Elasticsearch, OpenSearch and Open Distro clusters, typed: what reads stands in Query, by family, "
    "what changes something in Mutation, what answers again and again in Subscription."
    f"\n\nThe argument `cluster` names the cluster that something is for; without it the header {CLUSTER} does for the whole "
    "request, and without both it is the gateway's default cluster. The extensions of an error tell its canonical code, "
    "the engine's own cause, and whether a retry is safe."
)
_NAMESPACE_ID = "The identifier of what the cluster has of this, for caches and for `node`."
_CLUSTER = f"The name of the cluster; if absent, that of the header {CLUSTER}, else the default one."
_AFTER = "Where to go on: a cursor of the page before, such as its `pageInfo { endCursor }`."


def build_schema(catalog: Catalog) -> strawberry.Schema:
    """Derive the schema from the catalogue.

    Raises:
        ContractError: two elements of the contract claim the same type name.
    """
    builder = _Builder(catalog)
    query, mutation, subscription = builder.query(), builder.mutation(), builder.subscription()
    config = StrawberryConfig(scalar_map=SCALARS, default_resolver=_member)
    schema = strawberry.Schema(query=query, mutation=mutation, subscription=subscription, config=config)
    core_schema(schema).description = _DESCRIPTION
    _finish(core_schema(schema))
    reword_schema(core_schema(schema), catalog)
    return schema


def core_schema(schema: strawberry.Schema) -> GraphQLSchema:
    """Return the graphql-core schema inside a strawberry schema."""
    return schema._schema  # noqa: SLF001  # strawberry has no public way to it


def print_sdl(catalog: Catalog) -> str:
    """Return the schema in GraphQL's schema definition language, with a newline at its end."""
    return sdl_of(build_schema(catalog))


def sdl_of(schema: strawberry.Schema) -> str:
    """Return a schema that is built already in the schema definition language.

    It declares `@oneOf`, which parsers older than that directive do not know, and others take as their own.
    """
    definitions = (print_schema(core_schema(schema)), print_directive(GraphQLOneOfDirective))
    lines = "\n\n".join(definitions).splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


class _Builder:
    def __init__(self, catalog: Catalog) -> None:
        operations = sorted(catalog.operations.values(), key=names.face_field)
        self._reads = [one for one in operations if one.read_only and not one.streaming]
        self._writes = [one for one in operations if not one.read_only and not one.streaming]
        self._streams = [one for one in operations if one.streaming]
        self._comments = read_comments(catalog.descriptor_set)
        self._claims = names.Claims()
        self._catalog = catalog
        self._node = node_type()
        self._types = TypeFactory(self._claims, self._node)
        self._page_info = page_info_type()

    def query(self) -> type:
        """Make the root of the reads."""
        root = object_type("Query", "Everything that can be read, by family.")
        families: dict[str, type] = {}
        for operation in self._reads:
            if operation.family not in families:
                families[operation.family] = self._family(root, operation)
            self._add_read(families[operation.family], names.query_field(operation), operation)
        add_cluster_list(root, self._claims.claim("Cluster", "clusters"))
        add_lookups(root, self._node, self._catalog)
        return root

    def mutation(self) -> type | None:
        """Make the root of the writes; None if there are none."""
        root = object_type(
            "Mutation", "Everything that can be changed. The fields of a request run one after the other."
        )
        for operation in self._writes:
            self._add_write(root, operation)
        return root if self._writes else None

    def subscription(self) -> type | None:
        """Make the root of the streams; None if there are none."""
        root = object_type(
            "Subscription", "Everything that answers again and again, until it ends or the caller leaves."
        )
        for operation in self._streams:
            field = self._add_read(root, names.root_field(operation), operation)
            field.arguments = [*field.arguments, _cluster_argument()]
        return root if self._streams else None

    def _family(self, root: type, operation: Operation) -> type:
        comment = self._comments.get(operation.service, "")
        name = self._claims.claim(names.family_type(operation), operation.service)
        cls = object_type(name, comment, implements=[self._node])
        add_identity(cls, _NAMESPACE_ID, NamespaceId(name))
        add_field(root, names.camel(operation.family), cls, comment).arguments = [_cluster_argument()]
        return cls

    def _add_read(self, cls: type, name: str, operation: Operation) -> Any:
        field = self._add_operation(cls, name, operation)
        arguments = [self._types.argument(f, names.argument(operation, f.name)) for f in inputs(operation.request)]
        if takes_end(operation):
            arguments += end_arguments()
        field.arguments = sorted(arguments, key=lambda a: a.graphql_name in names.PAGE_ARGUMENTS)
        for argument in field.arguments:
            if argument.graphql_name == "after":
                argument.description = _AFTER
        return field

    def _add_write(self, root: type, operation: Operation) -> None:
        field = self._add_operation(root, names.root_field(operation), operation)
        field.arguments = [_cluster_argument()]
        if not operation.request.is_empty:
            cls = self._types.request(operation.request, names.request_input(operation))
            field.arguments = [whole_argument(cls, operation.request.comment), *field.arguments]

    def _add_operation(self, cls: type, name: str, operation: Operation) -> Any:
        return add_field(
            cls,
            name,
            self._answer(operation) | None,
            describe(operation),
            contract=operation,
            deprecated=operation.deprecated,
        )

    def _answer(self, operation: Operation) -> Any:
        if operation.items is not None:
            return connection_type(operation, operation.items, self._types, self._claims, self._page_info)
        return Empty if operation.response.is_empty else self._types.output(operation.response)


def _cluster_argument() -> StrawberryArgument:
    return plain_argument(names.CLUSTER_ARGUMENT, str, _CLUSTER)


def _finish(schema: GraphQLSchema) -> None:
    """Say what strawberry's types cannot: inputs arrive under their proto names, and @oneOf is graphql-core's own."""
    for graphql_type in schema.type_map.values():
        if isinstance(graphql_type, GraphQLInputObjectType):
            _finish_input(graphql_type)
        elif isinstance(graphql_type, GraphQLEnumType):
            list_words(graphql_type)
        elif isinstance(graphql_type, GraphQLObjectType):
            graphql_type.is_type_of = None  # strawberry's wants objects of its classes where there is an interface
            for field in graphql_type.fields.values():
                _set_out_names(field.args)
    described: Any = introspection_types["__Type"]
    described.fields["isOneOf"].resolve = _is_one_of  # strawberry's fails on lists


def _finish_input(graphql_type: GraphQLInputObjectType) -> None:
    _set_out_names(graphql_type.fields)
    definition = graphql_type.extensions["strawberry-definition"]
    graphql_type.is_one_of = definition.is_one_of
    graphql_type.out_type = GraphQLInputObjectType.out_type  # type: ignore[method-assign]  # strawberry's check comes late


def _set_out_names(elements: Mapping[str, Any]) -> None:
    for element in elements.values():
        if isinstance(field := contract_of(element), Field):
            element.out_name = field.name


def _is_one_of(graphql_type: Any, _info: Any) -> bool | None:
    return graphql_type.is_one_of if isinstance(graphql_type, GraphQLInputObjectType) else None


def _member(source: Any, name: str) -> Any:
    """Resolve a field of plain data: what the standard executor would do."""
    return source.get(name) if isinstance(source, Mapping) else None

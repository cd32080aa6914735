"""The engines that a sandbox can play: versions, headers and what tells them apart.

Knows no operation; the families ask an engine's record which of them they serve.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

EngineName = Literal["elasticsearch", "opensearch", "opendistro"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What a client can tell an engine by."""

    # One of the three names of the public interface.
    name: EngineName
    # Its release, as the product information gives it.
    version: str
    # Media type of JSON answers.
    media_type: str
    # Path prefixes under which index state management answers; none where the engine lacks it.
    ism_prefixes: tuple[str, ...] = ()
    # Order in which the engine lists the methods of a path.
    methods: tuple[str, ...] = ("GET", "PUT", "POST", "HEAD", "DELETE", "PATCH")
    # Settings that each new index gets.
    index_settings: dict[str, str] = field(default_factory=dict)
    # Further members of `version` in the product information.
    build: dict[str, Any] = field(default_factory=dict)
    # The product information's motto.
    tagline: str = "You Know, for Search"

    @property
    def major(self) -> int:
        """First number of the release."""
        return int(self.version.partition(".")[0])

    @property
    def release(self) -> tuple[int, ...]:
        """The numbers of the release."""
        return tuple(map(int, self.version.partition("-")[0].split(".")))

    @property
    def headers(self) -> dict[str, str]:
        """Header fields on each answer, errors included, by which clients know the product."""
        if self.is_elasticsearch:
            return {"X-elastic-product": "Elasticsearch"}
        if self.is_opensearch:
            return {"X-OpenSearch-Version": f"OpenSearch/{self.version} (opensearch)"}
        return {}

    @property
    def is_elasticsearch(self) -> bool:
        """Whether this is Elasticsearch itself."""
        return self.name == "elasticsearch"

    @property
    def is_opensearch(self) -> bool:
        """Whether this is OpenSearch (Open Distro is not)."""
        return self.name == "opensearch"


ENGINES: dict[EngineName, Engine] = {
    "elasticsearch": Engine(
        name="elasticsearch",
        version="8.19.21",
        media_type="application/json",
        methods=("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"),
        index_settings={
            "index.routing.allocation.include._tier_preference": "data_content",
            "index.version.created": "8536000",
        },
        build={
            "build_flavor": "default",
            "build_type": "docker",
            "lucene_version": "9.12.2",
            "minimum_wire_compatibility_version": "7.17.0",
            "minimum_index_compatibility_version": "7.0.0",
        },
    ),
    "opensearch": Engine(
        name="opensearch",
        version="3.9.0",
        media_type="application/json; charset=UTF-8",
        index_settings={"index.replication.type": "DOCUMENT", "index.version.created": "137307827"},
        ism_prefixes=("_plugins", "_opendistro"),
        build={
            "build_type": "tar",
            "lucene_version": "10.5.1",
            "minimum_wire_compatibility_version": "2.19.0",
            "minimum_index_compatibility_version": "2.0.0",
        },
        tagline="The OpenSearch Project: https://opensearch.org/",
    ),
    "opendistro": Engine(
        name="opendistro",
        version="7.10.2",
        media_type="application/json; charset=UTF-8",
        ism_prefixes=("_opendistro",),
        index_settings={"index.version.created": "7100299"},
        build={
            "build_flavor": "oss",
            "build_type": "tar",
            "lucene_version": "8.7.0",
            "minimum_wire_compatibility_version": "6.8.0",
            "minimum_index_compatibility_version": "6.0.0-beta1",
        },
    ),
}

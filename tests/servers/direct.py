"""The state of a real server, prepared and read with the product's own client, past the gateway."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from elastic_transport import Urllib3HttpNode
from elasticsearch import Elasticsearch
from opensearchpy import OpenSearch

from servers.record import Server


class OlderMediaType(Urllib3HttpNode):
    """Says `compatible-with=8`: the client of 9 always says 9, which servers of 8 refuse and those of 9 do not need."""

    def perform_request(
        self, method: str, target: str, body: bytes | None = None, headers: Any = None, request_timeout: Any = None
    ) -> Any:
        """Send a request."""
        older = {name: value.replace("compatible-with=9", "compatible-with=8") for name, value in headers.items()}
        return super().perform_request(method, target, body, type(headers)(older), request_timeout)


class Direct:
    """A client for what is alike on all products. `elasticsearch` has the rest."""

    def __init__(self, server: Server) -> None:
        self._opensearch = OpenSearch(server.url) if server.engine == "opensearch" else None
        self._elasticsearch = None if self._opensearch else _elasticsearch(server)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in (self._elasticsearch, self._opensearch):
            if client is not None:
                client.close()

    @property
    def elasticsearch(self) -> Elasticsearch:
        """The client of an Elasticsearch."""
        assert self._elasticsearch is not None
        return self._elasticsearch

    @property
    def _client(self) -> Any:
        return self._elasticsearch or self._opensearch

    def create_index(self, index: str, settings: Mapping[str, Any], **members: Any) -> str:
        """Create an index of one copy per shard unless the settings say otherwise; return its name."""
        body = {"settings": {"index.number_of_replicas": 0, **settings}, **members}
        if self._opensearch is not None:
            self._opensearch.indices.create(index=index, body=body)
        else:
            self.elasticsearch.indices.create(index=index, body=body)
        return index

    def has_index(self, index: str) -> bool:
        """Tell whether there is an index of this name."""
        return bool(self._client.indices.exists(index=index))

    def indices(self) -> set[str]:
        """Return the names of all indices that are not hidden."""
        return set(self._client.indices.get(index="*"))

    def index(self, index: str) -> Mapping[str, Any]:
        """Return aliases, mappings and settings of an index."""
        found: Mapping[str, Any] = self._client.indices.get(index=index)[index]
        return found

    def settings(self, index: str) -> Mapping[str, str]:
        """Return the settings of an index as texts; one that is set to null counts as not there, as the products see it."""
        answer = self._client.indices.get_settings(index=index, flat_settings=True)
        return {name: value for name, value in answer[index]["settings"].items() if value is not None}

    def cluster_settings(self) -> Mapping[str, Any]:
        """Return the settings of the cluster that were changed."""
        return dict(self._client.cluster.get_settings())

    def change_cluster_settings(self, settings: Mapping[str, Any]) -> None:
        """Set some settings of the cluster; None takes one back."""
        self._client.cluster.put_settings(body={"persistent": dict(settings)})

    def create_stream_template(self, pattern: str, mappings: Mapping[str, Any]) -> None:
        """Say what data streams of such names are like."""
        template = {"settings": {"number_of_replicas": 0}, "mappings": mappings}
        body = {"index_patterns": [pattern], "data_stream": {}, "template": template}
        self._client.indices.put_index_template(name="streams", body=body)

    def create_data_stream(self, stream: str) -> str:
        """Create a data stream; return its name."""
        self._client.indices.create_data_stream(name=stream)
        return stream

    def working_for(self) -> set[str]:
        """Return the identifiers of the requests that the server is working on."""
        if self._opensearch is not None:
            found = self._opensearch.tasks.list()
        else:  # the client's own method warns that this is a preview
            found = self.elasticsearch.perform_request("GET", "/_tasks", headers={"accept": "application/json"}).body
        nodes = found["nodes"].values()
        headers = (task["headers"] for node in nodes for task in node["tasks"].values())
        return {header["X-Opaque-Id"] for header in headers if "X-Opaque-Id" in header}

    def add_hidden_document(self, index: str, identifier: str, document: str) -> int:
        """Write a document without showing it to searches; return its sequence number."""
        return int(self._client.index(index=index, id=identifier, body=document)["_seq_no"])

    def add_document(self, index: str, identifier: str, document: str) -> None:
        """Write a document, given as JSON text, and show it to searches."""
        self._client.index(index=index, id=identifier, body=document, refresh=True)

    def change_settings(self, index: str, settings: Mapping[str, Any]) -> None:
        """Change settings of an index."""
        self._client.indices.put_settings(index=index, body=settings)

    def refresh(self, index: str) -> None:
        """Show to searches what was written."""
        self._client.indices.refresh(index=index)

    def count(self, index: str) -> int:
        """Return the number of documents."""
        return int(self._client.count(index=index)["count"])

    def allocation(self, **options: str) -> list[Mapping[str, str]]:
        """Return the rows of the allocation table as the product gives them."""
        return list(self._client.cat.allocation(format="json", **options))

    def role(self, name: str) -> Mapping[str, Any]:
        """Return a role."""
        found: Mapping[str, Any] = self.roles()[name]
        return found

    def roles(self) -> Mapping[str, Any]:
        """Return all roles by name."""
        return dict(self.elasticsearch.security.get_role())

    def requests_of(self, agent: str) -> int:
        """Return how many requests the server has had on the connections of a kind of client that it remembers."""
        return sum(c["request_count"] for c in self._connections() if c.get("agent", "").startswith(agent))

    def _connections(self) -> list[dict[str, Any]]:
        nodes = self.elasticsearch.nodes.stats(metric="http")["nodes"]
        return [connection for node in nodes.values() for connection in node["http"]["clients"]]

    def backing_indices(self, stream: str) -> list[str]:
        """Return the names of a data stream's indices, from the state of the cluster: its own route is not in this distribution."""
        state = self._client.cluster.state(metric="metadata")
        return [index["index_name"] for index in state["metadata"]["data_stream"]["data_stream"][stream]["indices"]]


def _elasticsearch(server: Server) -> Elasticsearch:
    assert server.admin is not None
    return Elasticsearch(server.url, basic_auth=server.admin.pair, node_class=OlderMediaType)

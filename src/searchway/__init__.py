"""Searchway: a typed GraphQL and gRPC gateway in front of Elasticsearch, OpenSearch and Open Distro clusters."""

__version__ = "0.1.0"

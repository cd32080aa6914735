import sys
from pathlib import Path
from typing import Any

import pytest
import trustme

from searchway import listing
from searchway.contract.catalog import load
from searchway.settings import Address, Settings

HTTP, GRPC = Address(host="127.0.0.1", port=80), Address(host="127.0.0.1", port=90)
QUERY = """-H 'content-type: application/json' -d '{"query": "{ cat { allocation { edges { node { node shards diskUsed } } } } }"}'"""
RPC = "searchway.api.cat.v1.CatService/ListAllocation"


def settings(**more: Any) -> Settings:
    return Settings.model_validate({"clusters": {"a": {"nodes": ["http://a"]}}, **more})


def test_table_fits_a_terminal_and_names_what_call_takes() -> None:
    lines = listing.table(listing.describe_all(load())).splitlines()
    assert max(map(len, lines)) <= 100
    assert len(lines) == len(load().operations) + 1
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    assert rows["NAME"] == ["GRAPHQL", "ELASTICSEARCH", "OPENSEARCH", "OPENDISTRO"]
    assert rows["ism.ListPolicies"] == ["ism.policies", "-", "yes", "yes"]
    assert rows["fleet.Search"] == ["fleet.search", "7.16+", "-", "-"]


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("ISM.", {"ism.ListPolicies", "ism.GetPolicy"}),
        ("cat.", {"cat.ListAllocation"}),
        ("mlFlush", {"ml.FlushJob"}),
        ("/_shrink/", {"indices.ShrinkIndex"}),
    ],
)
def test_word_is_looked_for_in_names_and_routes(word: str, names: set[str]) -> None:
    found = {row["name"] for row in listing.describe_all(load(), word)}
    assert found >= names
    assert len({name.partition(".")[0] for name in found}) == 1


def test_word_that_nothing_has_finds_nothing() -> None:
    assert listing.describe_all(load(), "xyzzy") == []


@pytest.fixture
def tls(tmp_path: Path) -> dict[str, str]:
    issued = trustme.CA().issue_cert("localhost")
    issued.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "both.pem"))
    return {"cert": str(tmp_path / "both.pem"), "key": str(tmp_path / "both.pem")}


def test_first_queries_are_for_what_is_served(tls: dict[str, str]) -> None:
    asking = {**tls, "client_ca": tls["cert"]}
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["GraphQL, with GraphiQL in a browser: http://127.0.0.1:80/graphql",
              f"  curl -s http://127.0.0.1:80/graphql {QUERY}",
              "gRPC, with reflection: 127.0.0.1:90",
              "  searchway call --at 127.0.0.1:90 cat.ListAllocation",
              f"  grpcurl -plaintext 127.0.0.1:90 {RPC}"]),
        ({"graphiql": False, "introspection": False},
             ["GraphQL: http://127.0.0.1:80/graphql",
              f"  curl -s http://127.0.0.1:80/graphql {QUERY}",
              "gRPC: 127.0.0.1:90",
              "  searchway call --at 127.0.0.1:90 cat.ListAllocation"]),
        ({"http_tls": tls, "grpc_tls": tls},
             ["GraphQL, with GraphiQL in a browser: https://127.0.0.1:80/graphql",
              f"  curl -s https://127.0.0.1:80/graphql {QUERY}",
              "gRPC over TLS, with reflection: 127.0.0.1:90",
              "  searchway call --tls --at 127.0.0.1:90 cat.ListAllocation",
              f"  grpcurl 127.0.0.1:90 {RPC}"]),
        ({"http_tls": asking, "grpc_tls": asking},
             ["GraphQL, with GraphiQL in a browser: https://127.0.0.1:80/graphql",
              f"  curl -s --cert CERT.pem --key KEY.pem https://127.0.0.1:80/graphql {QUERY}",
              "gRPC over TLS, with reflection: 127.0.0.1:90",
              "  searchway call --tls --client-cert CERT.pem --client-key KEY.pem --at 127.0.0.1:90 cat.ListAllocation",
              f"  grpcurl -cert CERT.pem -key KEY.pem 127.0.0.1:90 {RPC}"]),
    ]  # fmt: skip
    for more, lines in cases:
        assert listing.first_queries(settings(**more), HTTP, GRPC).splitlines() == lines


@pytest.mark.parametrize(("http", "grpc", "count"), [(HTTP, None, 2), (None, GRPC, 3), (None, None, 0)])
def test_face_that_is_off_is_not_told(http: Address | None, grpc: Address | None, count: int) -> None:
    assert len(listing.first_queries(settings(), http, grpc).splitlines()) == count


@pytest.mark.parametrize(
    ("started_as", "told"),
    [
        (".venv/bin/searchway", ".venv/bin/searchway"),
        ("/usr/bin/searchway", "searchway"),
        ("src/searchway/__main__.py", "searchway"),
    ],
)
def test_command_is_told_as_it_can_be_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, started_as: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(tmp_path / started_as)])
    assert f"\n  {told} call --at" in listing.first_queries(settings(), None, GRPC)

"""The servers are what the other tests take them for."""

import httpx

from servers.record import Server


def test_it_is_a_healthy_single_node(server: Server) -> None:
    with server.client() as client:
        health = client.get("/_cluster/health", params={"wait_for_status": "yellow"}).json()
    assert (health["number_of_nodes"], health["timed_out"]) == (1, False)


def test_it_lists_its_allocation(server: Server) -> None:
    with server.client() as client:
        rows = client.get("/_cat/allocation", params={"format": "json"}).json()
    assert [row["node"] for row in rows if row["node"] != "UNASSIGNED"] == ["node-1"]


def test_it_shrinks_a_write_blocked_index(server: Server) -> None:
    settings = {"index.number_of_shards": 2, "index.number_of_replicas": 0, "index.blocks.write": True}
    with server.client() as client:
        assert client.put("/smoke-source", json={"settings": settings}).json()["shards_acknowledged"]
        answer = client.put("/smoke-source/_shrink/smoke-target", json={}).json()
        shrunk = client.get("/smoke-target/_settings").json()
        client.delete("/smoke-source")
        client.delete("/smoke-target")
    assert answer == {"acknowledged": True, "shards_acknowledged": True, "index": "smoke-target"}
    assert shrunk["smoke-target"]["settings"]["index"]["number_of_shards"] == "1"


def test_it_names_its_product(elasticsearch: Server) -> None:
    with elasticsearch.client() as client:
        assert client.get("/_cluster/health").headers["x-elastic-product"] == "Elasticsearch"


def test_opensearch_names_its_version(opensearch: Server) -> None:
    with opensearch.client() as client:
        answer = client.get("/")
    assert answer.json()["version"]["number"] == opensearch.version


def test_it_stores_a_role_for_the_admin_alone(elasticsearch: Server) -> None:
    role = {"cluster": ["monitor"], "indices": [{"names": ["logs-*"], "privileges": ["read"]}]}
    assert elasticsearch.reader is not None
    with elasticsearch.client() as admin, elasticsearch.client(elasticsearch.reader) as reader:
        assert reader.put("/_security/role/smoke", json=role).status_code == httpx.codes.FORBIDDEN
        assert admin.put("/_security/role/smoke", json=role).json() == {"role": {"created": True}}
        stored = admin.get("/_security/role/smoke").json()["smoke"]
        admin.delete("/_security/role/smoke")
    assert stored["cluster"] == ["monitor"]


def test_it_refuses_a_stranger(elasticsearch: Server) -> None:
    answer = httpx.get(f"{elasticsearch.url}/_cat/allocation", trust_env=False)
    assert answer.status_code == httpx.codes.UNAUTHORIZED


def test_data_streams_can_be_modified(elasticsearch: Server) -> None:
    action = {"add_backing_index": {"data_stream": "smoke-missing", "index": "smoke-missing"}}
    with elasticsearch.client() as client:
        empty = client.post("/_data_stream/_modify", json={"actions": []})
        refused = client.post("/_data_stream/_modify", json={"actions": [action]})
    assert "no data stream actions" in empty.json()["error"]["reason"]
    assert "smoke-missing" in refused.json()["error"]["reason"]


def test_fleet_searches_many(elasticsearch: Server) -> None:
    lines = '{"index":"smoke-none"}\n{"query":{"match_all":{}}}\n{"index":"*"}\n{"size":0}\n'
    with elasticsearch.client() as client:
        headers = {"content-type": "application/x-ndjson"}
        answers = client.post("/_fleet/_fleet_msearch", content=lines, headers=headers).json()["responses"]
    assert [answer["status"] for answer in answers] == [404, 200]

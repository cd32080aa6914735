"""Documents: indexing, reading, deleting, and the bulk form of them.

See https://www.elastic.co/docs/api/doc/elasticsearch/group/endpoint-document. A missing index is
created by the first write, as the engines do.
"""

import json
from typing import Any
from urllib.parse import quote

from searchway.sandbox.call import Call, Raw, Reply
from searchway.sandbox.cluster import Cluster, Document, Index, new_uuid
from searchway.sandbox.errors import EngineError, illegal_argument, index_not_found, invalid_request
from searchway.sandbox.indices import make_index
from searchway.sandbox.jsontext import JsonSyntaxError, parse, syntax_error
from searchway.sandbox.parameters import check_refresh, check_times, integer, missing_body
from searchway.sandbox.router import Privilege, Route, route

_WRITE = "refresh routing timeout op_type if_seq_no if_primary_term version version_type pipeline wait_for_active_shards require_alias"
_BULK = "refresh routing timeout pipeline wait_for_active_shards require_alias _source"
_READ = (
    "preference realtime refresh routing stored_fields _source _source_includes _source_excludes version version_type"
)
_UNSET = -2


def routes() -> list[Route]:
    """Return the routes of this family; every engine has them."""
    write = Privilege(action="indices:data/write/index", granted_by=("index", "write", "all"), on_indices="index")
    read = Privilege(action="indices:data/read/get", granted_by=("read", "all"), on_indices="index")
    bulk = Privilege(action="indices:data/write/bulk", granted_by=("all",))
    return [
        route("PUT POST", "/{index}/_doc/{id}", put_document, _WRITE, write),
        route("POST", "/{index}/_doc", put_document, _WRITE, write),
        route("PUT POST", "/{index}/_create/{id}", create_document, _WRITE, write),
        route("GET HEAD", "/{index}/_doc/{id}", get_document, _READ, read),
        route("DELETE", "/{index}/_doc/{id}", delete_document, _WRITE, write),
        route("PUT POST", "/_bulk", bulk_write, _BULK, bulk),
        route("PUT POST", "/{index}/_bulk", bulk_write, _BULK, write),
    ]


def put_document(cluster: Cluster, call: Call) -> Reply:
    """Store a document under the given identity, or a new one.

    Raises:
        EngineError: for broken JSON or a version conflict.
    """
    return _store(cluster, call, only_new=call.query.get("op_type") == "create")


def create_document(cluster: Cluster, call: Call) -> Reply:
    """Store a document that must not exist.

    Raises:
        EngineError: for broken JSON or a document that exists.
    """
    return _store(cluster, call, only_new=True)


def _store(cluster: Cluster, call: Call, *, only_new: bool) -> Reply:
    check_refresh(call.query)
    check_times(call.query, "timeout")
    index = write_index(cluster, call.variables["index"], only_new=only_new or "id" not in call.variables)
    source = _source(cluster, call)
    key = call.variables.get("id") or new_uuid()[:20]
    if only_new and key in index.documents:
        raise conflict(index, key, f"document already exists (current version [{index.documents[key].version}])")
    _check_sequence(index, key, call)
    document, created = save(index, key, source)
    location = f"/{quote(index.name)}/_doc/{quote(key, safe='')}"
    body = _written(cluster, index, document, "created" if created else "updated")
    return Reply(body=body, status=201 if created else 200, headers={"Location": location} if created else {})


def write_index(cluster: Cluster, name: str, *, only_new: bool) -> Index:
    """Return the index that a write to a name goes to, creating a missing one.

    Raises:
        EngineError: for a bad name, an alias without a write index, or replacing in a data stream.
    """
    stream = cluster.data_streams.get(name)
    if stream is not None:
        if not only_new:
            raise illegal_argument("only write ops with an op_type of create are allowed in data streams")
        return cluster.indices[stream.indices[-1]]
    found = cluster.members(name)
    if not found:
        return make_index(cluster, name, {})
    writers = [index for index in found if index.aliases.get(name, {}).get("is_write_index")]
    if len(found) > 1 and len(writers) != 1:
        raise illegal_argument(
            f"no write index is defined for alias [{name}]. The write index may be explicitly disabled using "
            "is_write_index=false or the alias points to multiple indices without one being designated as a write index"
        )
    return writers[0] if writers else found[0]


def save(index: Index, key: str, source: bytes) -> tuple[Document, bool]:
    """Store a document; return it, and whether it is new."""
    old = index.documents.get(key)
    version = old.version + 1 if old else 1
    document = Document(key=key, source=source, seq_no=index.next_seq_no, version=version)
    index.next_seq_no += 1
    index.documents[key] = document
    return document, old is None


def get_document(cluster: Cluster, call: Call) -> Reply:
    """Return a document, 404 with `found` false for a missing one.

    Raises:
        EngineError: index_not_found_exception.
    """
    name, key = call.variables["index"], call.variables["id"]
    found = cluster.members(name)
    if not found:
        raise index_not_found(name, "index_expression")
    index = found[0]
    document = index.documents.get(key)
    if document is None:
        return Reply(body={"_index": index.name, "_id": key, "found": False}, status=404)
    body = {
        "_index": index.name,
        "_id": key,
        "_version": document.version,
        "_seq_no": document.seq_no,
        "_primary_term": 1,
        "found": True,
        "_source": Raw(text=document.source),
    }
    return Reply(body=body)


def delete_document(cluster: Cluster, call: Call) -> Reply:
    """Delete a document; a missing one is 404 with `result` not_found.

    Raises:
        EngineError: index_not_found_exception or a version conflict.
    """
    name, key = call.variables["index"], call.variables["id"]
    found = cluster.members(name)
    if not found:
        raise index_not_found(name)
    _check_sequence(found[0], key, call)
    status, body = _remove(cluster, found[0], key)
    return Reply(body=body, status=status)


def bulk_write(cluster: Cluster, call: Call) -> Reply:
    """Run index, create and delete actions out of an NDJSON body, each with its own result.

    Raises:
        EngineError: for a malformed body.
    """
    check_refresh(call.query)
    lines = _lines(call.body, "bulk")
    items: list[dict[str, Any]] = []
    place = 0
    while place < len(lines):
        kind, meta = _action(lines[place], place + 1)
        source = lines[place + 1] if kind != "delete" and place + 1 < len(lines) else b""
        if kind != "delete" and not source:
            break
        items.append({kind: _bulk_item(cluster, kind, meta.get("_index") or call.variables.get("index"), meta, source)})
        place += 1 if kind == "delete" else 2
    if not items:
        raise invalid_request("no requests added")
    failed = any("error" in result for item in items for result in item.values())
    return Reply(body={"took": 0, "errors": failed, "items": items})


def _lines(body: bytes, name: str) -> list[bytes]:
    if not body.strip():
        raise missing_body()
    if not body.endswith(b"\n"):
        raise illegal_argument(f"The {name} request must be terminated by a newline [\\n]")
    return [line for line in body.split(b"\n") if line.strip()]


def _action(line: bytes, number: int) -> tuple[str, dict[str, Any]]:
    try:
        document = json.loads(line)
    except ValueError:
        document = None
    if not isinstance(document, dict) or len(document) != 1:
        raise illegal_argument(f"Malformed action/metadata line [{number}], expected START_OBJECT")
    kind, meta = next(iter(document.items()))
    if kind not in {"create", "delete", "index", "update"}:
        raise illegal_argument(
            f"Malformed action/metadata line [{number}], "
            f"expected one of [create, delete, index, update] but found [{kind}]"
        )
    if kind == "update":
        raise illegal_argument("this sandbox does not offer [update] in a bulk request")
    return kind, meta


def _bulk_item(cluster: Cluster, kind: str, name: str | None, meta: dict[str, Any], source: bytes) -> dict[str, Any]:
    if not name:
        raise invalid_request("index is missing")
    key = meta.get("_id") or new_uuid()[:20]
    try:
        index = write_index(cluster, name, only_new=kind == "create")
        if kind == "delete":
            status, body = _remove(cluster, index, key)
            return {**body, "status": status}
        if kind == "create" and key in index.documents:
            raise conflict(index, key, f"document already exists (current version [{index.documents[key].version}])")
        _parse_source(cluster, source)
        document, created = save(index, key, source)
    except EngineError as error:
        return {"_index": name, "_id": key, "status": error.status, "error": error.describe()}
    body = _written(cluster, index, document, "created" if created else "updated")
    return {**body, "status": 201 if created else 200}


def _remove(cluster: Cluster, index: Index, key: str) -> tuple[int, dict[str, Any]]:
    old = index.documents.pop(key, None)
    version = old.version + 1 if old else 1
    tombstone = Document(key=key, source=b"{}", seq_no=index.next_seq_no, version=version)
    index.next_seq_no += 1
    return (200 if old else 404), _written(cluster, index, tombstone, "deleted" if old else "not_found")


def _written(cluster: Cluster, index: Index, document: Document, result: str) -> dict[str, Any]:
    copies = 1 + index.replicas
    return {
        "_index": index.name,
        "_id": document.key,
        "_version": document.version,
        "result": result,
        "_shards": {"total": copies, "successful": cluster.copies(index), "failed": 0},
        "_seq_no": document.seq_no,
        "_primary_term": 1,
    }


def _source(cluster: Cluster, call: Call) -> bytes:
    if not call.body.strip():
        raise missing_body()
    _parse_source(cluster, call.body)
    return call.body


def _parse_source(cluster: Cluster, source: bytes) -> None:
    kind = "document_parsing_exception" if cluster.engine.is_elasticsearch else "mapper_parsing_exception"
    try:
        document = parse(source)
    except JsonSyntaxError as error:
        cause = syntax_error(cluster.engine, source, error)
        raise EngineError(400, kind, "failed to parse", cause=cause) from error
    if not isinstance(document, dict):
        raise EngineError(400, kind, "failed to parse")


def _check_sequence(index: Index, key: str, call: Call) -> None:
    seq_no = integer(call.query, "if_seq_no", _UNSET, "long")
    term = integer(call.query, "if_primary_term", 0, "long")
    if (seq_no == _UNSET) != (term == 0):
        raise invalid_request(
            "if_seq_no is set, but primary term is [0]"
            if term == 0
            else "ifSeqNo is unassigned, but primary term is [1]"
        )
    if seq_no == _UNSET:
        return
    check_sequence(index, key, seq_no, term)


def check_sequence(index: Index, key: str, seq_no: int, term: int) -> None:
    """Refuse a write that rests on an older state of a document than the stored one.

    Raises:
        EngineError: version_conflict_engine_exception.
    """
    document = index.documents.get(key)
    required = f"required seqNo [{seq_no}], primary term [{term}]."
    if document is None:
        raise conflict(index, key, f"{required} but no document was found")
    if (document.seq_no, 1) != (seq_no, term):
        raise conflict(index, key, f"{required} current document has seqNo [{document.seq_no}] and primary term [1]")


def conflict(index: Index, key: str, why: str) -> EngineError:
    """Return the 409 of a version conflict."""
    reason = f"[{key}]: version conflict, {why}"
    return EngineError(
        409, "version_conflict_engine_exception", reason, index_uuid=index.uuid, shard="0", index=index.name
    )

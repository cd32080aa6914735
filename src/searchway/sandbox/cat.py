"""The cat table of shard allocation, as JSON, as aligned text and as help.

See https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-cat-allocation. Shards are
dealt to the nodes in turn; a copy that finds no free node stays unassigned.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from searchway.sandbox.call import Call, Reply
from searchway.sandbox.cluster import Cluster
from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError
from searchway.sandbox.parameters import check_times, flag
from searchway.sandbox.router import Privilege, Route, route
from searchway.sandbox.wildcards import wildcard

_PARAMETERS = "h s v ts help bytes size time local full_id master_timeout"
_TEXT = "text/plain; charset=UTF-8"
_TOTAL_BYTES = 270_553_174_016
_AVAILABLE_BYTES = 80_710_455_296
_UNITS = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40, "pb": 1 << 50}
_BYTES_PER_SHARD = 57
_LOCAL_DEPRECATED = 9

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the table."""

    name: str
    aliases: tuple[str, ...] = ()
    description: str
    # Whether the values are sizes in bytes.
    size: bool = False
    # Whether text is aligned to the right.
    right: bool = False
    # Whether Elasticsearch alone has it.
    elasticsearch: bool = False


_COLUMNS = (
    Column(name="shards", aliases=("s",), description="number of shards on node", right=True),
    Column(
        name="shards.undesired",
        description="number of shards that are scheduled to be moved elsewhere in the cluster",
        right=True,
        elasticsearch=True,
    ),
    Column(
        name="write_load.forecast",
        aliases=("wlf", "writeLoadForecast"),
        description="sum of index write load forecasts",
        right=True,
        elasticsearch=True,
    ),
    Column(
        name="disk.indices.forecast",
        aliases=("dif", "diskIndicesForecast"),
        description="sum of shard size forecasts",
        size=True,
        right=True,
        elasticsearch=True,
    ),
    Column(
        name="disk.indices", aliases=("di", "diskIndices"), description="disk used by {} indices", size=True, right=True
    ),
    Column(
        name="disk.used",
        aliases=("du", "diskUsed"),
        description="disk used (total, not just {})",
        size=True,
        right=True,
    ),
    Column(name="disk.avail", aliases=("da", "diskAvail"), description="disk available", size=True, right=True),
    Column(
        name="disk.total",
        aliases=("dt", "diskTotal"),
        description="total capacity of all volumes",
        size=True,
        right=True,
    ),
    Column(name="disk.percent", aliases=("dp", "diskPercent"), description="percent disk used", right=True),
    Column(name="host", aliases=("h",), description="host of node"),
    Column(name="ip", description="ip of node"),
    Column(name="node", aliases=("n",), description="name of node"),
    Column(name="node.role", aliases=("r", "role", "nodeRole"), description="node roles", elasticsearch=True),
)


def routes(engine: Engine) -> list[Route]:
    """Return the routes of this family; every engine has them."""
    monitor = Privilege(action="cluster:monitor/state", granted_by=("monitor", "manage", "all"))
    parameters = _PARAMETERS if engine.is_elasticsearch else f"{_PARAMETERS} cluster_manager_timeout"
    return [
        route("GET", "/_cat/allocation", list_allocation, parameters, monitor),
        route("GET", "/_cat/allocation/{node_id}", list_allocation, parameters, monitor),
    ]


def list_allocation(cluster: Cluster, call: Call) -> Reply:
    """Return how the shards lie on the nodes.

    Raises:
        EngineError: for an unknown sort column or a bad flag or time.
    """
    columns = _columns(cluster.engine)
    if flag(call.query, "help"):
        return Reply(body=_help(cluster.engine, columns), media_type=_TEXT)
    check_times(call.query, "master_timeout", "cluster_manager_timeout")
    header = flag(call.query, "v")
    warnings = _warnings(cluster.engine, call)
    shown = _displayed(columns, call.query.get("h"))
    rows = _sorted(cluster.engine, columns, _rows(cluster, call.names("node_id")), call.query.get("s", ""))
    unit = _UNITS.get(call.query.get("bytes", ""))
    media_type = _asked_type(call)
    if media_type != _TEXT:
        body = [{key: _cell(row[column.name], column, unit) for key, column in shown} for row in rows]
        return (
            Reply(body=body, headers=warnings)
            if media_type == "json"
            else Reply(body=_yaml(body), media_type="application/yaml", headers=warnings)
        )
    table = [[_cell(row[column.name], column, unit) or "" for _, column in shown] for row in rows]
    return Reply(body=_aligned(shown, table, header=header), media_type=_TEXT, headers=warnings)


def _warnings(engine: Engine, call: Call) -> dict[str, str]:
    """Return the deprecation of `local`, which newer releases of Elasticsearch pronounce."""
    if not engine.is_elasticsearch or engine.major < _LOCAL_DEPRECATED or "local" not in call.query:
        return {}
    text = "the [?local] query parameter to this API has no effect, is now deprecated, and will be removed"
    return {"Warning": f'299 Elasticsearch-{engine.version}-{"0" * 40} "{text} in a future version"'}


def _columns(engine: Engine) -> list[Column]:
    return [column for column in _COLUMNS if engine.is_elasticsearch or not column.elasticsearch]


def _asked_type(call: Call) -> str:
    """Return json or yaml, or the media type of text for everything else."""
    asked = call.query.get("format")
    if asked is None:
        accepted = call.headers.get("accept", "").partition(",")[0].strip()
        asked = "json" if accepted.startswith(("application/json", "application/vnd.elasticsearch+json")) else ""
    return asked if asked in {"json", "yaml"} else _TEXT


def _yaml(rows: list[dict[str, str | None]]) -> str:
    lines = ["---"]
    for row in rows:
        members = [f'{key}: "{cell}"' if cell is not None else f"{key}: null" for key, cell in row.items()]
        lines.append("- " + "\n  ".join(members) if members else "- {}")
    return "\n".join(lines) + "\n"


def _displayed(columns: list[Column], asked: str | None) -> list[tuple[str, Column]]:
    """Return the asked columns with the keys they come back under: as asked, patterns spelled out."""
    if asked is None:
        return [(column.name, column) for column in columns]
    shown: dict[str, Column] = {}
    for name in asked.split(","):
        if "*" in name:
            shown.update((column.name, column) for column in columns if _named_like(column, name))
        else:
            shown.update((name, column) for column in columns if name == column.name or name in column.aliases)
    return list(shown.items())


def _named_like(column: Column, pattern: str) -> bool:
    return any(wildcard(pattern).fullmatch(name) for name in (column.name, *column.aliases))


def _rows(cluster: Cluster, wanted: list[str]) -> list[Row]:
    shards, stored, unassigned = _allocate(cluster)
    rows = [
        _row(cluster, place, shards, stored) for place in range(len(cluster.nodes)) if _is_node(cluster, place, wanted)
    ]
    if unassigned:
        rows.append({column.name: None for column in _COLUMNS} | {"shards": unassigned, "node": "UNASSIGNED"})
    return rows


def _row(cluster: Cluster, place: int, shards: Counter[int], stored: Counter[int]) -> Row:
    used = _TOTAL_BYTES - _AVAILABLE_BYTES
    return {
        "shards": shards[place],
        "shards.undesired": 0,
        "write_load.forecast": 0.0,
        "disk.indices.forecast": 0,
        "disk.indices": stored[place],
        "disk.used": used,
        "disk.avail": _AVAILABLE_BYTES,
        "disk.total": _TOTAL_BYTES,
        "disk.percent": 100 * used // _TOTAL_BYTES,
        "host": "127.0.0.1",
        "ip": "127.0.0.1",
        "node": cluster.nodes[place],
        "node.role": "cdfhilmrstw",
    }


def _is_node(cluster: Cluster, place: int, wanted: list[str]) -> bool:
    if not wanted:
        return True
    names = {cluster.nodes[place], "_all", "127.0.0.1"}
    if place == 0:
        names |= {cluster.node_id, "_local", "_master", "_cluster_manager"}
    return any(wildcard(pattern).fullmatch(name) for pattern in wanted for name in names)


def _allocate(cluster: Cluster) -> tuple[Counter[int], Counter[int], int]:
    """Deal shards to nodes; return shards and bytes by node, and how many found no node."""
    shards: Counter[int] = Counter()
    stored: Counter[int] = Counter()
    unassigned = next_node = 0
    for index in cluster.indices.values():
        size = sum(len(document.source) for document in index.documents.values()) // index.shards
        copies = cluster.copies(index)
        unassigned += index.shards * (1 + index.replicas - copies)
        for _ in range(index.shards):
            for copy in range(copies):
                place = (next_node + copy) % len(cluster.nodes)
                shards[place] += 1
                stored[place] += size + _BYTES_PER_SHARD
            next_node += 1
    return shards, stored, unassigned


def _sorted(engine: Engine, columns: list[Column], rows: list[Row], asked: str) -> list[Row]:
    for key in reversed([part for part in asked.split(",") if part]):
        name, _, direction = key.rpartition(":") if key.endswith((":asc", ":desc")) else (key, "", "asc")
        column = next((each for each in columns if name == each.name or name in each.aliases), None)
        if column is None:
            kind, status = (
                ("illegal_argument_exception", 400)
                if engine.is_elasticsearch
                else ("unsupported_operation_exception", 500)
            )
            raise EngineError(status, kind, f"Unable to sort by unknown sort key `{key}`")
        present = [row for row in rows if row[column.name] is not None]
        absent = [row for row in rows if row[column.name] is None]
        present.sort(key=lambda row: row[column.name], reverse=direction == "desc")
        rows = present + absent if direction == "desc" else absent + present
    return rows


def _cell(value: Any, column: Column, unit: int | None) -> str | None:
    if value is None or not column.size:
        return None if value is None else str(value)
    return str(value // unit) if unit else _human(value)


def _human(value: int) -> str:
    """Return a size as the engines print it, with one digit after the point at most."""
    for name, unit in reversed(_UNITS.items()):
        if value >= unit:
            tenths = value * 10 // unit
            return f"{tenths // 10}.{tenths % 10}{name}" if tenths % 10 else f"{tenths // 10}{name}"
    return "0b"


def _aligned(shown: list[tuple[str, Column]], table: list[list[str]], *, header: bool) -> str:
    lines = [[key for key, _ in shown], *table] if header else table
    widths = [max((len(line[place]) for line in lines), default=0) for place in range(len(shown))]
    text = ""
    for line in lines:
        cells = []
        for place, (_, column) in enumerate(shown):
            pad = str.rjust if column.right else str.ljust
            last = place == len(shown) - 1 and not column.right
            cells.append(line[place] if last else pad(line[place], widths[place]))
        text += " ".join(cells) + "\n"
    return text


def _help(engine: Engine, columns: list[Column]) -> str:
    product = "ES" if engine.is_elasticsearch else "OpenSearch"
    lines = [(column.name, ",".join(column.aliases), column.description.format(product)) for column in columns]
    widths = [max(len(line[place]) for line in lines) for place in range(3)]
    return "".join(
        " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + "\n" for line in lines
    )

"""Prints the settings as the README's tables, from the models that check them."""

from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from searchway.settings import BatchingSettings, ClusterSettings, ConnectionSettings, LimitSettings, ServerTls, Settings

# A name of its own in the file, not a key.
_HIDDEN: Final = {"name"}
TABLES: Final[dict[str, type[BaseModel]]] = {
    "The gateway": Settings,
    "A cluster, in `[clusters.<name>]`": ClusterSettings,
    "`[limits]`": LimitSettings,
    "`[connections]`": ConnectionSettings,
    "`[batching]`": BatchingSettings,
    "`[http_tls]` and `[grpc_tls]`": ServerTls,
}


def print_tables() -> str:
    """Return all tables as Markdown."""
    return "\n\n".join("\n".join(_table(title, model)) for title, model in TABLES.items())


def _table(title: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"| {title} | default | |"
    yield "|---|---|---|"
    for name, field in model.model_fields.items():
        if name not in _HIDDEN:
            yield f"| `{name}` | {_default(field)} | {_meaning(field)} |"


def _meaning(field: FieldInfo) -> str:
    return " ".join((field.description or "").split()).replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value: Any = field.default
    if value is None or value in ((), "", {}):
        return ""
    if isinstance(value, BaseModel) and "host" not in type(value).model_fields:
        return "below"
    assert not isinstance(value, SecretStr)
    return f"`{_written(value)}`"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:_}" if isinstance(value, int) and value > 9999 else str(value)

"""Index settings, aliases and names: normal forms and what the engines refuse.

Pure functions over parsed bodies. Settings are kept flat, each key with its `index.` prefix and
each value as the text that the engine prints; see
https://www.elastic.co/docs/reference/elasticsearch/index-settings/.
"""

from typing import Any

from searchway.sandbox.engines import Engine
from searchway.sandbox.errors import EngineError, illegal_argument, invalid_index_name
from searchway.sandbox.wordlist import words

_KNOWN = frozenset(
    words("""number_of_shards number_of_replicas codec refresh_interval auto_expand_replicas hidden priority mode
    default_pipeline final_pipeline number_of_routing_shards routing_partition_size max_result_window
    max_inner_result_window max_rescore_window max_docvalue_fields_search max_script_fields max_ngram_diff
    max_shingle_diff max_refresh_listeners max_terms_count max_regex_length max_slices_per_scroll gc_deletes
    check_on_startup creation_date provided_name uuid load_fixed_bitset_filters_eagerly""")
)
_KNOWN_GROUPS = (
    "analysis.", "blocks.", "routing.", "mapping.", "similarity.", "translog.", "merge.", "query.", "search.",
    "soft_deletes.", "sort.", "store.", "indexing.", "highlight.", "shard.", "unassigned.", "lifecycle.",
    "replication.", "resize.", "version.", "allocation.", "write.", "queries.",
)  # fmt: skip
_ISM_GROUPS = ("plugins.index_state_management.", "opendistro.index_state_management.")
_FORBIDDEN = ("\\", "/", "*", "?", '"', "<", ">", "|", " ", ",")
_ALIAS_FIELDS = frozenset({"filter", "index_routing", "search_routing", "routing", "is_write_index", "is_hidden"})
_MAX_NAME_BYTES = 255


def flatten_settings(settings: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested or flat settings as flat ones with `index.` in front; null stays None."""
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            flat.update(flatten_settings(value, f"{key}."))
        else:
            flat[key if key.startswith("index.") else f"index.{key}"] = _printed(value)
    return flat


def check_settings(engine: Engine, settings: dict[str, Any]) -> None:
    """Refuse settings that the engine does not know.

    Raises:
        EngineError: naming the first unknown one.
    """
    groups = _KNOWN_GROUPS if engine.is_elasticsearch else _KNOWN_GROUPS + _ISM_GROUPS
    for key in settings:
        name = key.removeprefix("index.")
        if name not in _KNOWN and not name.startswith(groups):
            reason = (
                f"unknown setting [{key}] please check that any required plugins are installed, "
                "or check the breaking changes documentation for removed settings"
            )
            kind = "settings_exception" if engine.is_opensearch else "illegal_argument_exception"
            raise EngineError(400, kind, reason)


def check_counts(settings: dict[str, Any]) -> None:
    """Refuse numbers of shards or replicas that no index can have.

    Raises:
        EngineError: illegal_argument_exception naming the setting.
    """
    for name, least in (("number_of_shards", 1), ("number_of_replicas", 0)):
        value = settings.get(f"index.{name}")
        if value is None:
            continue
        try:
            number = int(value)
        except (TypeError, ValueError):
            reason = f"Failed to parse value [{value}] for setting [index.{name}]"
            raise illegal_argument(reason) from None
        if number < least:
            raise illegal_argument(f"Failed to parse value [{value}] for setting [index.{name}] must be >= {least}")


def nest(flat: dict[str, Any]) -> dict[str, Any]:
    """Return flat settings as nested objects."""
    nested: dict[str, Any] = {}
    for key, value in flat.items():
        *parents, last = key.split(".")
        place = nested
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return nested


def check_index_name(name: str) -> None:
    """Refuse names that no index may have.

    Raises:
        EngineError: invalid_index_name_exception saying why.
    """
    listed = ",".join(f"'{character}'" for character in sorted(_FORBIDDEN))
    rules = (
        (name == "", "must not be empty"),
        (any(character in name for character in _FORBIDDEN), f"must not contain the following characters [{listed}]"),
        ("#" in name, "must not contain '#'"),
        (":" in name, "must not contain ':'"),
        (name.startswith(("_", "-", "+")), "must not start with '_', '-', or '+'"),
        (len(name.encode()) > _MAX_NAME_BYTES, f"index name is too long, ({len(name.encode())} > {_MAX_NAME_BYTES})"),
        (name in {".", ".."}, "must not be '.' or '..'"),
        (name != name.lower(), "must be lowercase"),
    )
    for broken, why in rules:
        if broken:
            raise invalid_index_name(name, why)


def read_aliases(aliases: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return aliases in their normal form, `routing` standing for both directions.

    Raises:
        EngineError: for a field that no alias has.
    """
    return {name: _alias(name, fields or {}) for name, fields in aliases.items()}


def _alias(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    for unknown in set(fields) - _ALIAS_FIELDS:
        raise illegal_argument(f"Unknown field [{unknown}] in alias [{name}]")
    alias = {key: value for key, value in fields.items() if key != "routing"}
    if "routing" in fields:
        alias.setdefault("index_routing", fields["routing"])
        alias.setdefault("search_routing", fields["routing"])
    return alias


def _printed(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [str(_printed(item)) for item in value]
    return value if value is None else str(value)

"""Checks a document of settings, so that one run tells all that is wrong with it.

The rules that hold between keys can only be asked where each value is right for itself. So what is wrong is taken out, and the rest is
checked again, until nothing more is found; a rule that speaks of a key that is told already has nothing to add.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from searchway.errors import SettingsError
from searchway.settings.models import Settings
from searchway.settings.problems import Path, describe

_SOUND = {"sandbox": "elasticsearch"}
"""Stands where a cluster is wrong as a whole, so that the others and their names are still checked."""


def check(document: Mapping[str, Any], problems: list[str]) -> Settings:
    """Return the settings of a document.

    Args:
        document: the settings, each cluster a table under `clusters`.
        problems: what is known to be wrong already, one line `key: problem` each.

    Raises:
        SettingsError: something is wrong; has a line for each problem.
    """
    lines = list(problems)
    told: set[Path] = {(line.partition(":")[0],) for line in lines}
    rest = deepcopy(dict(document))
    while True:
        try:
            settings = Settings.model_validate(rest)
        except ValidationError as error:
            wrong = [(detail, _path(detail, rest)) for detail in error.errors(include_url=False)]
        else:
            break
        found = [problem for detail, path in wrong for problem in describe(detail, path)]
        lines += [f"{'.'.join(path) or 'settings'}: {text}" for path, text in found if not _is_told(path, text, told)]
        told |= {path[:length] for _, path in wrong for length in range(1, len(path) + 1)}
        if not sum(_take_out(rest, path) for _, path in wrong):
            break
    if lines:
        raise SettingsError("\n".join(lines))
    return settings


def _path(detail: ErrorDetails, document: Mapping[str, Any]) -> Path:
    """Return where it is, clusters by name."""
    path = [str(part) for part in detail["loc"]]
    clusters = document.get("clusters")
    if path[:1] == ["clusters"] and len(path) > 1 and isinstance(clusters, Mapping):
        path[1] = list(clusters)[int(path[1])]
    return tuple(path)


def _is_told(path: Path, text: str, told: set[Path]) -> bool:
    """Tell whether the problem is of a key, or speaks of one beside it, that is told already."""
    return path in told or any((*path[:-1], word) in told for word in re.findall(r"[a-z_]+", text))


def _take_out(document: dict[str, Any], path: Path) -> bool:
    """Remove a wrong value, or the table in which one is missing; tell whether anything is different now."""
    tables = [document]
    for key in path:
        inner = tables[-1].get(key)
        if not isinstance(inner, dict):
            break
        tables.append(inner)
    places = [(table, key) for table, key in zip(tables, path, strict=False) if key in table]
    if not places or places[-1][0][places[-1][1]] == _SOUND:
        return False
    table, key = places[-1]
    if table is document.get("clusters"):
        table[key] = _SOUND
    else:
        del table[key]
    return True

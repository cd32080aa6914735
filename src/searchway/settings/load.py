"""Reads the settings: file, then environment, then overrides, each over the one before.

Every problem is reported at once, each under the name of its key.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from searchway.errors import SettingsError
from searchway.settings.checking import check
from searchway.settings.environment import read_environment, respell
from searchway.settings.models import Settings
from searchway.settings.shorthand import expand


def load(
    config: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """Return the settings of a TOML file under those of `SEARCHWAY_*` variables under those of the command line.

    Args:
        config: The file; `SEARCHWAY_CONFIG` names it where this is None.
        environ: The environment. `SEARCHWAY_CLUSTERS__LOGS__PASSWORD` is `clusters.logs.password`.
        overrides: Settings as in the file; values that are None do not count.

    Raises:
        SettingsError: A file cannot be read, a key is unknown, a value is wrong. Names every such key.
    """
    environ = environ or {}
    path = config or (Path(environ["SEARCHWAY_CONFIG"]) if environ.get("SEARCHWAY_CONFIG") else None)
    document = _read_file(path)
    document = _lay_over(document, respell(read_environment(environ), document))
    return check(*expand(_lay_over(document, _given(overrides or {}))))


def _read_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"config: expected a readable file, got {path} ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"config: expected TOML in {path}: {error}") from None


def _given(overrides: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in overrides.items() if value is not None}


def _lay_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    return {**below, **{key: _joined(below.get(key), value) for key, value in above.items()}}


def _joined(below: Any, above: Any) -> Any:
    both = isinstance(below, Mapping) and isinstance(above, Mapping)
    return _lay_over(below, above) if both else above

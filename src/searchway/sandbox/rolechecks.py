"""Whether what a role definition names exists, and whether it may be called that.

See https://www.elastic.co/docs/reference/elasticsearch/security-privileges.
"""

import re
from typing import Any

from searchway.sandbox.errors import EngineError, invalid_request
from searchway.sandbox.rolenames import (
    CLUSTER_PRIVILEGES,
    INDEX_PRIVILEGES,
    REMOTE_CLUSTER_PRIVILEGES,
    RESERVED_ROLES,
)

_NAME = re.compile(r"[!-~](?:[ -~]{0,1022}[!-~])?")
_NAME_RULE = (
    "Role names must be at least 1 and no more than 1024 characters. They can contain alphanumeric characters "
    "(a-z, A-Z, 0-9), spaces, punctuation, and printable symbols in the Basic Latin (ASCII) block. Leading or "
    "trailing whitespace is not allowed."
)
_MAX_DESCRIPTION = 1000


def check_name(name: str) -> None:
    """Refuse names that no role may have.

    Raises:
        EngineError: validation_exception.
    """
    if not _NAME.fullmatch(name):
        raise EngineError(400, "validation_exception", f"Validation Failed: 1: {_NAME_RULE};")


def check_role(name: str, role: dict[str, Any]) -> None:
    """Refuse unknown privileges, reserved names and keys.

    Raises:
        EngineError: action_request_validation_exception with every complaint.
    """
    complaints = _complaints(name, role)
    if complaints:
        raise invalid_request(*complaints)


def _complaints(name: str, role: dict[str, Any]) -> list[str]:
    found = [_unknown_cluster(privilege) for privilege in role["cluster"] if not _is_cluster(privilege)]
    for entry in [*role["indices"], *role.get("remote_indices", [])]:
        found += [_unknown_index(privilege) for privilege in entry["privileges"] if not _is_index(privilege)]
    for entry in role.get("remote_cluster", []):
        unknown = [privilege for privilege in entry["privileges"] if privilege not in REMOTE_CLUSTER_PRIVILEGES]
        if unknown:
            found.append(
                f"Invalid privileges found for remote cluster groups. Unknown privileges {unknown}".replace("'", "")
            )
    if any(key.startswith("_") for key in role["metadata"]):
        found.append("role descriptor metadata keys may not start with [_]")
    if len(role.get("description", "")) > _MAX_DESCRIPTION:
        found.append(f"Role description must be less than {_MAX_DESCRIPTION} characters.")
    if name in RESERVED_ROLES:
        found.append(f"Role [{name}] is reserved and may not be used.")
    return found


def _is_cluster(privilege: str) -> bool:
    return privilege.lower() in CLUSTER_PRIVILEGES or privilege.startswith(("cluster:", "indices:admin/template/"))


def _is_index(privilege: str) -> bool:
    return privilege.lower() in INDEX_PRIVILEGES or privilege.startswith("indices:")


def _unknown_cluster(privilege: str) -> str:
    return (
        f"unknown cluster privilege [{privilege}]. a privilege must be either one of the predefined cluster privilege "
        f"names [{','.join(CLUSTER_PRIVILEGES)}] or a pattern over one of the available cluster actions"
    )


def _unknown_index(privilege: str) -> str:
    listed = ",".join(f"{each}=[{each}]" for each in INDEX_PRIVILEGES)
    return (
        f"unknown index privilege [{privilege}]. a privilege must be either one of the predefined fixed indices "
        f"privileges [{listed}] or a pattern over one of the available index actions"
    )

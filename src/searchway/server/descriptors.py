"""File descriptors: as many as the system gives, and how many of them connections of callers may use.

A process without a free descriptor can neither accept connections nor reach a cluster, so some are never used for callers.
"""

import resource

from searchway.settings import Settings

_LEAST_KEPT, _MOST_KEPT = 64, 4096
_MOST = 1_048_576
"""More than this is never asked for: where there is no limit, a number has to be found."""


def ask_for_most() -> int:
    """Raise the soft limit of this process to the hard one, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return _MOST if soft == resource.RLIM_INFINITY else soft


def connections_of_a_face(settings: Settings, descriptors: int) -> int:
    """Return how many connections each face may have: an equal part of what is left when a quarter is kept for all else.

    Args:
        settings: the settings.
        descriptors: how many the process may have open.
    """
    kept = min(max(descriptors // 4, _LEAST_KEPT), _MOST_KEPT)
    faces = sum(face is not None for face in (settings.http, settings.grpc))
    return max(1, min(settings.connections.total, (descriptors - kept) // faces))

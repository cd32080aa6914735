"""The one verb that both faces have: run an operation."""

from searchway.engine.call import Call
from searchway.engine.engine import Engine

__all__ = ["Call", "Engine"]

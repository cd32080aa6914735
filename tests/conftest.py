"""The loop that async tests run on, patience with slow machines, and a running gateway for all tests, over a fake cluster at the transport seam."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
import uvloop
from hypothesis import HealthCheck, settings

from harness.gateway import Gateway, gateway_settings, open_gateway
from harness.upstream import Upstream

Factories = dict[str, Callable[[], asyncio.AbstractEventLoop]]

# How long an example takes says more about the machine than about the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("brief", settings.get_profile("patient"), max_examples=10)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "patient"))


def pytest_asyncio_loop_factories(item: pytest.Item) -> Factories:
    """Run tests on the loop that the gateway runs on, those of connections on Python's own as well."""
    served: Factories = {"uvloop": uvloop.new_event_loop}
    return served | {"asyncio": asyncio.new_event_loop} if item.nodeid.startswith("tests/unit/upstream/") else served


@pytest.fixture(scope="session")
def upstream() -> Upstream:
    """Return the fake cluster, which plays each engine."""
    return Upstream()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def gateway(upstream: Upstream) -> AsyncIterator[Gateway]:
    """Start the gateway once, with a cluster of each engine."""
    async with open_gateway(gateway_settings(), upstream) as opened:
        yield opened

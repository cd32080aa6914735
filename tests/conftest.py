"""A running gateway for all tests, over a fake cluster at the transport seam."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from harness.gateway import Gateway, gateway_settings, open_gateway
from harness.upstream import Upstream


@pytest.fixture(scope="session")
def upstream() -> Upstream:
    """Return the fake cluster, which plays each engine."""
    return Upstream()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def gateway(upstream: Upstream) -> AsyncIterator[Gateway]:
    """Start the gateway once, with a cluster of each engine."""
    async with open_gateway(gateway_settings(), upstream) as opened:
        yield opened

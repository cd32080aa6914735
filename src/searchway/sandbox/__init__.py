"""The sandbox: an embedded upstream that behaves as Elasticsearch, OpenSearch or Open Distro do.

It serves the documented operations on real state held in memory, for the demo and for tests. It
imports nothing of the gateway, so that no shared mistake can hide.
"""

from searchway.sandbox.access import User
from searchway.sandbox.app import Received, Sandbox, create_sandbox
from searchway.sandbox.examples import load_example_data
from searchway.sandbox.faults import Fault

__all__ = ["Fault", "Received", "Sandbox", "User", "create_sandbox", "load_example_data"]

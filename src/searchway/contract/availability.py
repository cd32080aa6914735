"""What the options say of the engines that have an operation, or take a field."""

from typing import Any

from searchway.api.contract.v1 import contract_pb2
from searchway.contract.records import Availability, Engine

_ENGINES = {
    contract_pb2.ENGINE_ELASTICSEARCH: Engine.ELASTICSEARCH,
    contract_pb2.ENGINE_OPENSEARCH: Engine.OPENSEARCH,
    contract_pb2.ENGINE_OPENDISTRO: Engine.OPENDISTRO,
}


def read_availability(said: Any) -> Availability:
    """Return the option as a record."""
    since = tuple(int(part) for part in said.since.split(".")) if said.since else ()
    return Availability(engine=_ENGINES[said.engine], since=since, prefix=said.prefix)

"""The hooks and watches of all families, in one explicit list."""

from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from searchway.families import fleet, indices, ism, rules, security
from searchway.families.hooks import Hook
from searchway.families.watching import Calls, State, watch_policy_execution

HOOKS: Mapping[str, Hook] = {
    "fleet.MultiSearch": fleet.MultiSearch(),
    "fleet.Search": fleet.Search(),
    "indices.CreateIndex": indices.CreateIndex(),
    "ism.AddPolicy": ism.ManagedIndices(),
    "ism.ChangePolicy": ism.ManagedIndices(),
    "ism.ExplainIndices": ism.ExplainIndices(),
    "ism.RemovePolicy": ism.ManagedIndices(),
    "ism.RetryIndex": ism.ManagedIndices(),
    "rules.DeleteRule": rules.DeleteRule(),
    "rules.GetRule": rules.GetRule(),
    "security.BulkPutRole": security.BulkPutRole(),
}

WATCHES: Mapping[str, Callable[[Any, Calls], AsyncGenerator[State, None]]] = {
    "enrich.WatchPolicyExecution": watch_policy_execution,
}

"""The hooks of all families, in one explicit list."""

from collections.abc import Mapping

from searchway.families import fleet, indices, ism, rules, security
from searchway.families.hooks import Hook

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

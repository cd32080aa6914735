"""Random documents over the schema, with everything that changes what a selection set means."""

from random import Random
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, get_named_type, is_object_type

ROOTS = {
    "cat": ["allocation", "allocation(first: 2)"],
    "ism": ['policy(policyId: "p1")', "policies", "policies(first: 1)", 'explainIndices(indices: ["*"])'],
    "rules": ['rules(featureType: "workload_group")'],
    "fleet": ["multiSearch(searches: [{body: {}}])"],
    "tasks": ['task(taskId: "n:5")'],
}
WRITES = [
    'securityPutRole(input: {name: "r", role: {}})',
    'securityBulkPutRole(input: {roles: [{name: "r", role: {}}]})',
    'ismDeletePolicy(input: {policyId: "p1"})',
    'ismAddPolicy(input: {policyId: "p1", indices: ["a"]})',
]
VARIABLES = "($yes: Boolean! = true, $no: Boolean! = false)"
_USED = "__typename @skip(if: $yes) t: __typename @skip(if: $no)"  # a variable that is not used is an error
_DIRECTIVES = ["", "", "", " @include(if: $yes)", " @skip(if: $yes)", " @include(if: $no)", " @skip(if: false)"]
_DEEPEST = 9
_MOST_FIELDS = 60


class Writer:
    """Writes one random document."""

    def __init__(self, schema: GraphQLSchema, random: Random) -> None:
        self._schema = schema
        self._random = random
        self._left = _MOST_FIELDS
        self._fragments: list[str] = []

    def query(self) -> str:
        chosen = self._some(sorted(ROOTS), 3)
        fields = " ".join(self._family(name) for name in chosen)
        return f"query{VARIABLES} {{ {fields} {_USED} }} {' '.join(self._fragments)}"

    def mutation(self) -> str:
        chosen = self._some(WRITES, 3)
        root = self._schema.mutation_type
        assert root is not None
        fields = " ".join(f"w{n}: {self._call(root, call)}" for n, call in enumerate(chosen))
        return f"mutation{VARIABLES} {{ {fields} {_USED} }} {' '.join(self._fragments)}"

    def _family(self, name: str) -> str:
        root = self._schema.query_type
        assert root is not None
        family: Any = get_named_type(root.fields[name].type)
        calls = self._some(ROOTS[name], 3)
        # One alias stands for one call, so that duplicates can be merged.
        fields = [f"c{ROOTS[name].index(call)}: {self._call(family, call)}" for call in calls]
        return f"{name} {{ {' '.join(fields)} }}"

    def _call(self, parent: GraphQLObjectType, call: str) -> str:
        field = parent.fields[call.partition("(")[0]]
        return f"{call}{self._directive()} {self._selections(get_named_type(field.type), 0)}"

    def _selections(self, parent: Any, depth: int) -> str:
        if not is_object_type(parent):
            return ""
        may_nest = depth < _DEEPEST and self._left > 0
        names = [n for n, f in parent.fields.items() if may_nest or not is_object_type(get_named_type(f.type))]
        chosen = self._some([*names, "__typename"], 4)
        self._left -= len(chosen)
        return f"{{ {' '.join(self._placed(parent, self._field(parent, name, depth)) for name in chosen)} }}"

    def _field(self, parent: Any, name: str, depth: int) -> str:
        alias = self._random.choice(["", "", f"{name.strip('_')}1: ", f"{name.strip('_')}2: "])
        below = "" if name == "__typename" else self._selections(get_named_type(parent.fields[name].type), depth + 1)
        return f"{alias}{name}{self._directive()} {below}"

    def _placed(self, parent: Any, field: str) -> str:
        """Write a field as it is, in an inline fragment, or in a fragment of its own."""
        match self._random.randrange(6):
            case 0:
                return f"... on {parent.name}{self._directive()} {{ {field} }}"
            case 1:
                return f"...{self._directive()} {{ {field} }}"
            case 2:
                name = f"F{len(self._fragments)}"
                self._fragments.append(f"fragment {name} on {parent.name} {{ {field} }}")
                return f"...{name}{self._directive()}"
        return field

    def _directive(self) -> str:
        return self._random.choice(_DIRECTIVES)

    def _some(self, choices: list[str], most: int) -> list[str]:
        return self._random.choices(choices, k=self._random.randint(1, most))

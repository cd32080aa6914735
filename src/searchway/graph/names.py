"""Names of the GraphQL face, derived from the names of the proto files by rule.

    rpc IsmService.ListPolicies   ->  query field ism { policies }
    rpc SecurityService.PutRole   ->  mutation field securityPutRole(input: SecurityPutRoleInput!)
    rpc RulesService.StreamRules  ->  subscription field rulesStreamRules, since it returns a stream
    message Policy                ->  type Policy, input PolicyInput
    field min_doc_count           ->  minDocCount

Must not know GraphQL libraries.
"""

from searchway.contract.records import Operation, Shape
from searchway.contract.shapes import ContractError

_READING = ("Get", "List")
CLUSTER_ARGUMENT = "cluster"
"""The argument that names the cluster, of a family and of whatever stands at the root."""
PAGE_ARGUMENTS = ("first", "after", "last", "before")
_PAGE_ARGUMENTS = {"page_size": "first", "page_token": "after"}
_RESERVED = (
    "Query",
    "Mutation",
    "Subscription",
    "PageInfo",
    "Node",
    "String",
    "Int",
    "Float",
    "Boolean",
    "ID",
    "Long",
    "JSON",
    "Empty",
)


def camel(name: str) -> str:
    """Turn snake_case into camelCase."""
    head, *rest = name.split("_")
    return head + "".join(map(_capitalize, rest))


def pascal(name: str) -> str:
    """Turn snake_case or camelCase into PascalCase."""
    return _capitalize(camel(name))


def camel_path(path: str) -> str:
    """Turn a path through an input, such as `role.run_as[0]`, into the words of the GraphQL input."""
    return camel(path)


def query_field(operation: Operation) -> str:
    """Return the name of a read under its family."""
    rpc = next((operation.rpc.removeprefix(verb) for verb in _READING if operation.rpc.startswith(verb)), operation.rpc)
    return rpc[0].lower() + rpc[1:]


def root_field(operation: Operation) -> str:
    """Return the name of a write or of a stream at the root."""
    return camel(operation.family) + operation.rpc


def face_field(operation: Operation) -> str:
    """Return where an operation is found, as in `ism.policies` or `ismCreatePolicy`."""
    if operation.read_only and not operation.streaming:
        return f"{camel(operation.family)}.{query_field(operation)}"
    return root_field(operation)


def argument(operation: Operation, name: str) -> str:
    """Return the argument that a request field is."""
    return _PAGE_ARGUMENTS.get(name, camel(name)) if operation.paging else camel(name)


def family_type(operation: Operation) -> str:
    """Return the type that holds the reads of a family."""
    return pascal(operation.family) + "Queries"


def connection_type(operation: Operation) -> str:
    """Return the type of a paged list, without its ending `Connection` or `Edge`."""
    return pascal(operation.family) + pascal(query_field(operation))


def request_input(operation: Operation) -> str:
    """Return the input type of a mutation."""
    return pascal(root_field(operation)) + "Input"


def type_name(shape: Shape) -> str:
    """Return the output type of a message."""
    return shape.name.rpartition(".")[2]


class Claims:
    """Who has which type name. GraphQL has one name space for all packages."""

    def __init__(self) -> None:
        self._owners = dict.fromkeys(_RESERVED, "GraphQL itself")

    def claim(self, name: str, owner: str) -> str:
        """Take a name for a proto element and return it.

        Raises:
            ContractError: another one has it; names both.
        """
        taken = self._owners.setdefault(name, owner)
        if taken != owner:
            raise ContractError(
                f"the GraphQL type name {name} is claimed by both {taken} and {owner}; rename one of them"
            )
        return name


def _capitalize(word: str) -> str:
    return word[:1].upper() + word[1:]

"""How large a document may be: checked before it is validated, since validation costs more than reading.

What is wrong in other ways (unknown fields and fragments, cycles) is left to validation, which is quick for what passes here.
"""

from collections import Counter
from collections.abc import Iterator

from graphql import DocumentNode, GraphQLError, Node

from searchway.graph.outline import MANY, Outline
from searchway.settings import LimitSettings

_ONCE = ("__schema", "__type")
"""What a document may ask for once: parts of the schema are large."""


def check_limits(document: DocumentNode, limits: LimitSettings) -> Outline:
    """Return the outline of a document that is within the limits.

    Raises:
        GraphQLError: it exceeds one; names the number, the limit and the setting.
    """
    outline = Outline(document)
    for number, what, setting in _numbers(outline):
        most: int = getattr(limits, setting)
        if number > most:
            raise _exceeded(f"The document {what.format(number=_show(number))}", most, setting)
    if not outline.has_cycle:
        _check_places(outline, limits.query_repeats)
    return outline


def too_many_tokens(most: int) -> GraphQLError:
    """Return the error of a document that was not read to its end."""
    return _exceeded(f"The document has more than {most} tokens", most, "query_tokens")


def check_length(text: str, limits: LimitSettings) -> None:
    """Check the length of a document.

    Raises:
        GraphQLError: it is too long.
    """
    if len(text) > limits.query_characters:
        problem = f"The document has {len(text)} characters"
        raise _exceeded(problem, limits.query_characters, "query_characters")


def _numbers(outline: Outline) -> Iterator[tuple[int, str, str]]:
    """Yield each number that is limited, how it is reported, and the setting that limits it."""
    size, directives = outline.size, outline.directives
    variables = sum(len(operation.variable_definitions or ()) for operation in outline.operations)
    yield len(outline.operations), "has {number} operations", "query_operations"
    yield len(outline.fragments), "defines {number} fragments", "query_fragments"
    yield variables, "defines {number} variables", "query_variables"
    yield sum(directives), "has {number} directives", "query_directives"
    yield max(directives, default=0), "has {number} directives at one place", "field_directives"
    yield size.depth, "is {number} levels deep", "query_depth"
    yield size.aliases, "has {number} aliases", "query_aliases"
    yield size.fields, "has {number} fields", "query_fields"


def _check_places(outline: Outline, most: int) -> None:
    """Bound the fields that validation compares with each other, which takes the square of their number, and introspection."""
    introspected = Counter[str]()
    for nodes in outline.places():
        if len(nodes) > most:
            name = (nodes[0].alias or nodes[0].name).value
            problem = f"The field '{name}' is repeated {len(nodes)} times at the same place"
            raise _exceeded(problem, most, "query_repeats", nodes[0])
        introspected[nodes[0].name.value] += 1
    for name in _ONCE:
        if introspected[name] > 1:
            raise GraphQLError(f"The document asks for '{name}' {introspected[name]} times; it may do so once.")


def _show(number: int) -> str:
    return str(number) if number < MANY else f"{MANY} or more"


def _exceeded(problem: str, most: int, setting: str, node: Node | None = None) -> GraphQLError:
    return GraphQLError(f"{problem}; at most {most} are allowed (limits.{setting}).", node)

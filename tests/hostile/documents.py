"""GraphQL documents that ask for much in few characters, each as a function of its size."""

from collections.abc import Callable, Mapping
from typing import Final

Attack = Callable[[int], str]


def _many(count: int, one: Callable[[int], str]) -> str:
    return " ".join(map(one, range(count)))


def _put(template: str, *parts: str) -> str:
    return template % parts


def _search(literal: str) -> str:
    return f"{{ fleet {{ multiSearch(searches: [{{body: {literal}}}]) {{ took }} }} }}"


ROLE: Final = 'name: "r{n}", role: {{cluster: ["monitor"], indices: [{{names: ["a-*"], privileges: ["read"]}}], metadata: {{a: 1}}}}'
CELLS: Final = "node shards diskUsed diskAvail diskTotal diskPercent host ip"
NESTED_TYPES: Final = "types{fields{args{type{ofType{name}} type{inputFields{type{name ofType{name}}}}} type{fields{type{name} args{name}}}}}"

ATTACKS: Final[Mapping[str, Attack]] = {
    "aliases": lambda n: f"{{ {_many(n, lambda i: f'a{i}: __typename')} }}",
    "aliases of writes": lambda n: _put(
        "mutation { %s }", _many(n, lambda i: f"a{i}: securityPutRole(input: {{{ROLE.format(n=i)}}}) {{ created }}")
    ),
    "aliases of lists": lambda n: _put(
        "{ cat { %s } }", _many(n, lambda i: f"a{i}: allocation {{ edges {{ node {{ {CELLS} }} }} }}")
    ),
    "aliases of the schema": lambda n: f"{{ {_many(n, lambda i: f'a{i}: __schema {{ {NESTED_TYPES} }}')} }}",
    "aliases of a type": lambda n: _put("{ %s }", _many(n, lambda i: f'a{i}: __type(name: "Query") {{ name }}')),
    "aliases inside of the schema": lambda n: _put("{ __schema { %s } }", _many(n, lambda i: f"a{i}: {NESTED_TYPES}")),
    "copies of a field": lambda n: _put("{ cat { %s } }", "allocation { totalCount } " * n),
    "copies of a leaf": lambda n: _put("{ %s }", "__typename " * n),
    "copies inside of copies": lambda n: _put(
        "{ cat { %s } }", (_put("allocation { %s } ", "totalCount " * min(n, 40))) * min(n, 40)
    ),
    "copies in inline fragments": lambda n: _put("{ cat { %s } }", "... { allocation { totalCount } } " * n),
    "copies with arguments": lambda n: _put(
        "{ cat { %s } }", (_put("allocation(columns: [%s]) { totalCount } ", '"node" ' * 40)) * n
    ),
    "fragments": lambda n: (
        _put("{ cat { %s } } ", _many(n, lambda i: f"...F{i}"))
        + _many(n, lambda i: f"fragment F{i} on CatQueries {{ allocation {{ totalCount }} }}")
    ),
    "fragments that double": lambda n: (
        "{ cat { ...F0 } } "
        + _many(n, lambda i: f"fragment F{i} on CatQueries {{ ...F{i + 1} ...F{i + 1} }}")
        + f" fragment F{n} on CatQueries {{ allocation {{ totalCount }} }}"
    ),
    "fragments in a chain": lambda n: (
        "{ cat { ...F0 } } "
        + _many(n, lambda i: f"fragment F{i} on CatQueries {{ a{i}: __typename ...F{i + 1} }}")
        + f" fragment F{n} on CatQueries {{ __typename }}"
    ),
    "fragments in a circle": lambda n: (
        "{ cat { ...F0 } } "
        + _many(n, lambda i: f"fragment F{i} on CatQueries {{ %s }}" % " ".join(f"...F{k}" for k in range(min(n, 10))))
    ),
    "fragments that nothing spreads": lambda n: (
        "{ __typename } " + _many(n, lambda i: f"fragment F{i} on Query {{ __typename }}")
    ),
    "spreads": lambda n: _put("{ %s } fragment F on Query { __typename }", "...F " * n),
    "operations over fragments": lambda n: (
        _many(n, lambda i: f"query q{i} {{ {_many(min(n, 50), lambda k: f'...F{k}')} }}")
        + " "
        + _many(min(n, 50), lambda i: f"fragment F{i} on Query {{ __typename }}")
    ),
    "operations": lambda n: _many(n, lambda i: f"query q{i} {{ __typename }}"),
    "subscriptions": lambda n: _put(
        "subscription { %s }", _many(n, lambda i: f'a{i}: rulesStreamRules(featureType: "x") {{ id }}')
    ),
    "directives": lambda n: _put("{ __typename %s }", "@include(if: true) " * n),
    "unknown directives": lambda n: _put("{ __typename %s }", _many(n, lambda i: f"@d{i}")),
    "a directive each": lambda n: _put("{ %s }", _many(n, lambda i: f"a{i}: __typename @skip(if: false)")),
    "depth": lambda n: "{ " * n + "a" + " }" * n,
    "depth of known fields": lambda n: (
        '{ ism { policy(policyId: "p") '
        + "{ policy { states { actions { retry " * n
        + "{ count } "
        + "} } } } " * n
        + "} }"
    ),
    "depth of inline fragments": lambda n: "{ " + "... { " * n + "__typename" + " }" * n + " }",
    "depth of lists": lambda n: _search("[" * n + "]" * n),
    "depth of objects": lambda n: _search("{a: " * n + "1" + "}" * n),
    "depth of types": lambda n: f"query($a: {'[' * n}Int{']' * n}) {{ __typename }}",
    "long lists": lambda n: _search(_put("[%s]", "1 " * n)),
    "wide objects": lambda n: _search(_put("{%s}", _many(n, lambda i: f"a{i}: 1"))),
    "same members": lambda n: _search(_put("{%s}", "a: 1 " * n)),
    "same arguments": lambda n: _put("{ cat { allocation(%s) { totalCount } } }", "first: 1 " * n),
    "unknown arguments": lambda n: _put(
        "{ cat { allocation(%s) { totalCount } } }", _many(n, lambda i: f"colums{i}: 1")
    ),
    "unknown input fields": lambda n: _put(
        'mutation { securityPutRole(input: {name: "a", role: {%s}}) { created } }', _many(n, lambda i: f"clustr{i}: 1")
    ),
    "unknown enum words": lambda n: _put(
        "mutation { %s }",
        _many(
            n, lambda i: f'a{i}: securityPutRole(input: {{name: "a", refresh: WAIT_FR{i}, role: {{}}}}) {{ created }}'
        ),
    ),
    "unknown fields": lambda n: _put("{ cat { %s } }", _many(n, lambda i: f"alocation{i}")),
    "unknown types": lambda n: _put("{ %s }", _many(n, lambda i: f"... on IndicesPrivilegeInputs{i} {{ a }}")),
    "unknown fragments": lambda n: _put("{ %s }", _many(n, lambda i: f"...F{i}")),
    "a long unknown field": lambda n: _put("{ cat { %s } }", "allocation" * n),
    "a long unknown type": lambda n: _put("{ ... on %s { a } }", "IndicesPrivileges" * n),
    "a long enum word": lambda n: _put(
        'mutation { securityPutRole(input: {name: "a", refresh: %s, role: {}}) { created } }', "WAIT_FOR" * n
    ),
    "a long whole number": lambda n: _put("{ cat { allocation(first: %s) { totalCount } } }", "1" * n),
    "a long number of JSON": lambda n: _search("1" * n),
    "variables": lambda n: _put("query(%s) { __typename }", _many(n, lambda i: f"$v{i}: Int")),
    "variables that are used": lambda n: _put(
        "query(%s) { cat { %s } }",
        _many(n, lambda i: f"$v{i}: Int"),
        _many(n, lambda i: f"a{i}: allocation(first: $v{i}) {{ totalCount }}"),
    ),
    "variables that nothing defines": lambda n: _put(
        "{ cat { %s } }", _many(n, lambda i: f"a{i}: allocation(first: $v{i}) {{ totalCount }}")
    ),
    "a long string": lambda n: _search(_put('"%s"', "x" * n)),
    "a string of escapes": lambda n: _search(_put('"%s"', r"\u0041" * n)),
    "a string of pairs": lambda n: _search(_put('"%s"', "\U0001f600" * n)),
    "a block string": lambda n: _search(_put('"""%s"""', " x\n" * n)),
    "a block string of empty lines": lambda n: _search(_put('"""%s"""', "\n" * n)),
    "comments": lambda n: "# a\n" * n + "{ __typename }",
    "a long comment": lambda n: "#" + "a" * n + "\n{ __typename }",
    "commas": lambda n: "," * n + "{ __typename }",
    "empty lines before errors": lambda n: "\n" * n + _put("{ %s }", _many(100, lambda i: f"x{i}")),
    "quotation marks": lambda n: "{ a(b: " + '"' * n,
    "half of a block string": lambda n: '{ a(b: """' + '\\"' * n,
    "opening brackets": lambda n: "{ a(b: " + "[" * n,
    "definitions of types": lambda n: _many(n, lambda i: f"type T{i} {{ a: Int }}"),
    "nothing but names": lambda n: _put("{ %s }", "a " * n),
}
"""The documents by what they have too much of."""

"""Comments of proto files by the full name of what they describe.

Generated Python modules carry none, so they come from the descriptor set that is built beside them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

# Field numbers inside descriptor.proto, which a location's path consists of.
# https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto
_MESSAGES, _ENUMS, _SERVICES = 4, 5, 6
_CHILDREN: Mapping[tuple[str, int], str] = {
    ("file", _MESSAGES): "message_type",
    ("file", _ENUMS): "enum_type",
    ("file", _SERVICES): "service",
    ("message", 2): "field",
    ("message", 3): "nested_type",
    ("message", 4): "enum_type",
    ("message", 8): "oneof_decl",
    ("enum", 2): "value",
    ("service", 2): "method",
}
_KINDS = {"message_type": "message", "nested_type": "message", "enum_type": "enum", "service": "service"}


def read_comments(descriptor_set: FileDescriptorSet) -> Mapping[str, str]:
    """Return the leading comment of every message, field, oneof, enum, value, service and rpc by its full name."""
    return {name: text for file in descriptor_set.file for name, text in _file_comments(file)}


def _file_comments(file: FileDescriptorProto) -> Iterator[tuple[str, str]]:
    for location in file.source_code_info.location:
        if location.leading_comments and (name := _name_at(file, location.path)):
            yield name, _unwrap(location.leading_comments)


def _name_at(file: FileDescriptorProto, path: Any) -> str | None:
    node: Any = file
    kind, names = "file", [file.package]
    for number, index in zip(path[::2], path[1::2], strict=False):
        child = _CHILDREN.get((kind, number))
        if child is None:
            return None
        node, kind = getattr(node, child)[index], _KINDS.get(child, "leaf")
        names.append(node.name)
    return ".".join(names) if len(names) > 1 and len(path) % 2 == 0 else None


def _unwrap(comment: str) -> str:
    return "\n".join(line.strip() for line in comment.strip().splitlines())

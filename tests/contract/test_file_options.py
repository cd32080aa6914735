"""The names of the generated code in other languages: one rule makes them from the name of a file's package."""

from typing import Final

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileOptions

from searchway.contract.catalog import load

FILES: Final = [file for file in load().descriptor_set.file if file.name.startswith("searchway/")]


def expected(package: str) -> FileOptions:
    """Return the options of the only file of a package such as searchway.api.ism.v1."""
    names = package.split(".")
    family, version = names[-2:]
    capitals = [name.capitalize() for name in names]
    return FileOptions(
        csharp_namespace=".".join(capitals),
        go_package=f"{'/'.join(names)};{family}{version}",
        java_multiple_files=True,
        java_outer_classname=f"{family.capitalize()}Proto",
        java_package=package,
        objc_class_prefix=f"SW{family.capitalize()}",
        php_namespace="\\".join(capitals),
        ruby_package="::".join(capitals),
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_options_follow_from_the_package(file: FileDescriptorProto) -> None:
    assert file.options == expected(file.package)


@pytest.mark.parametrize("option", ["csharp_namespace", "go_package", "java_package", "objc_class_prefix"])
def test_no_two_packages_share_a_name(option: str) -> None:
    assert len({getattr(file.options, option) for file in FILES}) == len(FILES)

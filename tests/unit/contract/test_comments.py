from google.protobuf.descriptor_pb2 import FileDescriptorSet

from searchway.contract.catalog import load
from searchway.contract.comments import read_comments


def test_comments_are_found_by_full_name() -> None:
    comments = read_comments(load().descriptor_set)
    prefix = "searchway.api.ism.v1"
    for name in (
        "IsmService",
        "IsmService.CreatePolicy",
        "PolicyDefinition",
        "PolicyDefinition.states",
        "SortOrder",
        "SortOrder.SORT_ORDER_ASC",
    ):
        assert comments[f"{prefix}.{name}"], name


def test_files_without_source_info_have_no_comments() -> None:
    bare = FileDescriptorSet()
    for file in load().descriptor_set.file:
        bare.file.add().CopyFrom(file)
        bare.file[-1].ClearField("source_code_info")
    assert read_comments(bare) == {}

"""How every section of the settings behaves: frozen, no unknown keys, its field texts kept as documentation."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Section(BaseModel):
    """A table of settings. Values never appear in error messages, since any of them may be a secret."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
        validate_default=True,
    )


def _split(value: Any) -> Any:
    """Take `a, b` as a list: environment variables and flags have no other way to write one."""
    if not isinstance(value, str):
        return value
    return tuple(part for part in (piece.strip() for piece in value.split(",")) if part)


AsList = BeforeValidator(_split)
Words = Annotated[tuple[str, ...], AsList]

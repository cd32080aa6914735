"""Word lists, written as text so that long ones stay readable."""


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())

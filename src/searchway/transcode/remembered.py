"""Values that are remembered while they are in use, up to what they weigh together."""

from collections import OrderedDict
from typing import Generic, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Remembered(Generic[_Key, _Value]):
    """The values used last.

    Args:
        most: what they may weigh together; the unit is the caller's.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[_Key, tuple[_Value, int]] = OrderedDict()
        self.weight = 0
        """What they weigh together."""

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._kept)

    def get(self, key: _Key) -> _Value | None:
        """Return the value of a key, None if it is not remembered."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: _Key, value: _Value, weight: int) -> None:
        """Remember a value, in place of one of the same key; the ones not used for longest are dropped for it.

        A value that weighs too much alone is not remembered.
        """
        self.weight -= self._kept.pop(key, (None, 0))[1]
        if weight > self._most:
            return
        self._kept[key] = value, weight
        self.weight += weight
        while self.weight > self._most:
            _, (_, dropped) = self._kept.popitem(last=False)
            self.weight -= dropped

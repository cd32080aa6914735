"""What a cluster runs, as far as settings and answers have told, and whom to ask again when. Sends nothing.

A definite answer to anybody is good for all. That a cluster would not say it to somebody, for want of credentials perhaps,
teaches nothing to anybody else.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from searchway.upstream.product import Product

# Seconds after which a cluster is asked again what it is: one that said it, since clusters are upgraded; one that would not
# say it to this caller; and one that could not be reached or could not work.
_AGAIN_SAID, _AGAIN_SILENT, _AGAIN_AWAY = 600.0, 30.0, 1.0

# How many callers to whom it would not say it are remembered.
_MOST_REFUSED = 1000


class Detection:
    """What is known of one cluster's product."""

    def __init__(self, configured: Product | None, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with what the settings say.

        Args:
            configured: The product of the settings, with or without a version; None if they do not say it.
            clock: Seconds from any origin.
        """
        self._configured = configured
        self._clock = clock
        self._ask_at = -_AGAIN_SAID
        self._refused: dict[bytes, float] = {}
        self._told: Product | None = None
        self.product = configured
        """The product; None if it is not known."""

    @property
    def is_fresh(self) -> bool:
        """Whether the product is known, from the settings or from an answer that is not old."""
        return bool(self._configured and self._configured.version) or (
            self.product is not None and self._clock() < self._ask_at
        )

    def is_settled(self, who: bytes, *, must_know: bool) -> bool:
        """Tell whether the cluster need not be asked.

        Args:
            who: Whom it would answer.
            must_know: Whether nothing can be sent without knowing it, so that a failure of just now is no excuse.
        """
        now = self._clock()
        if self.is_fresh or (now < self._ask_at and not must_know):
            return True
        return bool(self._refused) and now < self._refused.get(who, now)

    def found(self, product: Product | None, who: bytes) -> None:
        """Take what the cluster answered when it was asked what it is; None if it would not say it."""
        if product is not None:
            self._ask_at = self._clock() + _AGAIN_SAID
            self._refused.clear()
            self.learn(product)
            return
        if len(self._refused) >= _MOST_REFUSED:
            self._refused.clear()
        self._refused[who] = self._clock() + _AGAIN_SILENT

    def failed(self) -> None:
        """Take that it could not be asked."""
        self._ask_at = self._clock() + _AGAIN_AWAY

    def learn(self, product: Product | None) -> None:
        """Take what any answer tells; nearly all tell what the one before did."""
        if product is None or product == self._told:
            return
        self._told = product
        if self._configured and self._configured.version:
            return
        if self._configured:
            product = replace(
                self._configured, version=product.version if product.engine is self._configured.engine else ""
            )
        if product.version or self.product is None or product.engine is not self.product.engine:
            self.product = product

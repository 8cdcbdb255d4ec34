"""The hard limit of what the doctor's orders may cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rowshot.errors import RowshotError
from rowshot.money import dollars

LIMIT = Decimal("0.05")


class NoAnswer(RowshotError):
    """Nobody knows what became of an order."""


class PurseEmpty(RowshotError):
    """An order could pass the limit, so it was not sent."""


@dataclass
class Purse:
    """Counts every order in full before it is sent, whatever comes of it.

    Args:
        limit: USD that all orders together may cost.
        price: USD of one order at most; None while nobody knows, and then nothing is sent.
    """

    limit: Decimal = LIMIT
    price: Decimal | None = None
    reserved: Decimal = Decimal(0)
    billed: Decimal = Decimal(0)  # at most; what hiapi refused or repeated is not in it

    def take(self) -> None:
        """Sets the price of one order aside.

        Raises:
            PurseEmpty: The order must not be sent.
        """
        if self.price is None:
            raise PurseEmpty("the price of an order is not known, so no order was sent.")
        if self.reserved + self.price > self.limit:
            raise PurseEmpty(
                f"the order was not sent, because it could pass the limit of {dollars(self.limit)}."
            )
        self.reserved += self.price
        self.billed += self.price

    def not_billed(self) -> None:
        """Notes that the last order made no new task; the limit does not grow by it."""
        self.billed -= self.price or Decimal(0)

"""Who works in the shop: what each does over and over, on a connection of its own, at a steady pace."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, LiteralString, cast

import psycopg

__all__ = ["INCIDENT_ROLES", "USUAL_ROLES", "Role", "Worker"]

USERS, PRODUCTS, ORDERS, ITEMS, WAREHOUSES = 20_000, 5_000, 30_000, 110_000, 20
"""Sizes of schema.sql, which the arguments are drawn from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One kind of work.

    Attributes:
        name: What it is called in thread names.
        statements: Of workload.sql, in this order; all in one transaction.
        pause_seconds: From the start of one round to the start of the next, unless it takes longer.
        hold_seconds: How long it keeps its locks before it commits.
        workers: How many connections do this.
    """

    name: str
    statements: tuple[str, ...]
    pause_seconds: float
    hold_seconds: float = 0.0
    workers: int = 1


USUAL_ROLES = (
    Role(
        name="browsing",
        statements=("find_user", "user_orders", "order_contents", "product_stock"),
        pause_seconds=0.05,
        workers=2,
    ),
    Role(
        name="checkout", statements=("place_order", "add_item", "take_from_stock", "pay"), pause_seconds=0.05, workers=2
    ),
    Role(name="support", statements=("order_payments", "item_product"), pause_seconds=0.04),
    Role(name="reporting", statements=("revenue",), pause_seconds=0.06),
)
"""About 400 statements a second, 2 % of a core: steady, so that what changes is the incident."""

INCIDENT_ROLES = (Role(name="stocktaking", statements=("count_warehouse",), pause_seconds=0.25, hold_seconds=0.06),)
"""A job that locks a twentieth of the inventory, four times a second, and keeps checkouts waiting."""


@cache
def _statements() -> Mapping[str, LiteralString]:
    """Read workload.sql: name -> text."""
    text = files(__package__).joinpath("workload.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)[1:]
    return {name: cast("LiteralString", sql.strip()) for name, sql in zip(parts[::2], parts[1::2], strict=True)}


@dataclass(slots=True, kw_only=True)
class Worker:
    """One connection that does the work of its role until it is told to stop.

    Attributes:
        role: What to do.
        url: Where.
        seed: Of its random arguments.
        stop: Set to end it.
        rounds: How often it has done its work.
        failure: What ended it, when it was not told to.
    """

    role: Role
    url: str
    seed: int
    stop: threading.Event
    rounds: int = 0
    failure: psycopg.Error | None = None
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - no secret, and the same work on every machine

    def run(self) -> None:
        """Work: the body of its thread."""
        try:
            with psycopg.connect(self.url, application_name=f"shop {self.role.name}") as connection:
                due = time.monotonic()
                while not self.stop.wait(max(0.0, due - time.monotonic())):
                    due = max(due, time.monotonic() - self.role.pause_seconds) + self.role.pause_seconds
                    self._do_round(connection)
                    self.rounds += 1
        except psycopg.Error as error:
            self.failure = error

    def _do_round(self, connection: psycopg.Connection[Any]) -> None:
        arguments = self._arguments()
        with connection.transaction():
            for name in self.role.statements:
                cursor = connection.execute(_statements()[name], arguments)
                if name == "place_order":
                    arguments["new_order_id"] = cursor.fetchone()[0]  # type: ignore[index]  # RETURNING gives one row
            if self.role.hold_seconds:
                time.sleep(self.role.hold_seconds)

    def _arguments(self) -> dict[str, Any]:
        user = self._random.randint(1, USERS)
        return {
            "user_id": user,
            "email": f"user{user}@shop.example",
            "order_id": self._random.randint(1, ORDERS),
            "item_id": self._random.randint(1, ITEMS),
            "product_id": self._random.randint(1, PRODUCTS),
            "warehouse": self._random.randrange(WAREHOUSES),
        }

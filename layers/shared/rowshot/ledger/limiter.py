"""What limits the hiapi account: slots, rows at work, the pace and the pause, in one item.

A slot belongs to a render and a place at work to a row, not to a process: they are taken in the
transaction that claims, and given back in the one that ends. A crash in between frees nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rowshot.clock import Clock
from rowshot.ledger import keys
from rowshot.ledger.records import SPARE_AT_WORK, Account, Row
from rowshot.ledger.table import Conflict, Table, Update

_NOT_BLOCKED = "(attribute_not_exists(#blocked_until) OR #blocked_until <= :now)"
_SLOT = "(attribute_not_exists(#holders) OR size(#holders) < :slots)"
_ROOM = "(attribute_not_exists(#working) OR size(#working) < :room)"


def account_of(item: Mapping[str, Any]) -> Account:
    """The account as its item says."""
    return Account(
        held=item.get("holders", frozenset()),
        parked=item.get("parked", frozenset()),
        working=item.get("working", frozenset()),
        blocked_until=float(item.get("blocked_until", 0)),
        paused_at=float(item.get("paused_at", 0)),
        pause_reason=str(item.get("pause_reason", "")),
        probe_at=float(item.get("probe_at", 0)),
        served=int(item.get("served", 0)),
        lanes=item.get("lanes", frozenset()),
    )


class Limiter:
    """Reads and changes the account's item."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def view(self) -> Account:
        """The account as it stands."""
        return account_of(self._table.get(keys.ACCOUNT) or {})

    def open_lanes(self, lanes: Iterable[str]) -> None:
        """Notes that rows stand in these lanes; a lane is never forgotten, there are few."""
        found = set(lanes)
        if found:
            self._table.write(Update(keys.ACCOUNT, add={"lanes": found}))

    def slow_down(self, seconds: float) -> None:
        """Lets nobody ask hiapi before so many nominal seconds have passed."""
        until = self._clock.after(seconds)
        try:
            self._table.write(
                Update(
                    keys.ACCOUNT,
                    set={"blocked_until": until},
                    when="attribute_not_exists(#blocked_until) OR #blocked_until < :until",
                    given={"until": until},
                )
            )
        except Conflict:
            return  # somebody was told to wait even longer

    def pause(self, reason: str, probe_after: float) -> None:
        """Stops buying until a probe works or a person resumes.

        Args:
            reason: hiapi's words.
            probe_after: Nominal seconds to the first probe.
        """
        change = {"pause_reason": reason, "probe_at": self._clock.after(probe_after)}
        try:
            now, first = self._clock.now(), "attribute_not_exists(#paused_at)"
            self._table.write(Update(keys.ACCOUNT, set={"paused_at": now, **change}, when=first))
        except Conflict:
            return  # paused already; when the next probe is due was settled with the last one

    def resume(self) -> None:
        """Ends the pause: the balance is back, or a person says so."""
        self._table.write(Update(keys.ACCOUNT, remove=("paused_at", "pause_reason", "probe_at")))

    def forget(self, *, held: Iterable[str] = (), working: Iterable[str] = ()) -> None:
        """Takes out what no render and no row stands for any more."""
        gone = {"holders": set(held), "working": set(working)}
        discard = {name: each for name, each in gone.items() if each}
        if discard:
            self._table.write(Update(keys.ACCOUNT, discard=discard))


def take(
    row: Row, account: Account, now: float, *, render_id: str, in_flight: int, probe_until: float
) -> Update:
    """The part of a claim that takes a slot and a place at work.

    Args:
        row: The row that begins.
        account: The account as it was read.
        now: The present instant.
        render_id: The render that will hold the slot.
        in_flight: The account's slots.
        probe_until: For the one order that asks whether a paused account works again: the instant
            of the next one after it; 0 for every other order.
    """
    values: dict[str, Any] = {"served": max(account.served, row.round)}
    given = {"slots": in_flight, "room": in_flight + SPARE_AT_WORK, "now": now}
    conditions = [_SLOT, _ROOM, _NOT_BLOCKED]
    if probe_until:
        values["probe_at"] = probe_until
        conditions.append("attribute_exists(#paused_at) AND #probe_at = :seen_probe")
        given["seen_probe"] = account.probe_at
    else:
        conditions.append("attribute_not_exists(#paused_at)")
    return Update(
        keys.ACCOUNT,
        set=values,
        add={"holders": {render_id}, "working": {row.at_work}},
        when=" AND ".join(conditions),
        given=given,
    )


def take_room(row: Row, in_flight: int) -> Update:
    """The part of a start without a purchase that takes a place at work."""
    return Update(
        keys.ACCOUNT,
        add={"working": {row.at_work}},
        when=_ROOM,
        given={"room": in_flight + SPARE_AT_WORK},
    )


def leave(row: Row) -> Update:
    """The part of a row's end that gives its place at work back."""
    return Update(keys.ACCOUNT, discard={"working": {row.at_work}})


def give_back(render_id: str) -> Update:
    """The part of an attempt's end that gives its slot back, parked or not."""
    return Update(keys.ACCOUNT, discard={"holders": {render_id}, "parked": {render_id}})


def park(render_id: str) -> Update:
    """Counts a task past its hard deadline as parked instead of as holding a slot."""
    return Update(keys.ACCOUNT, discard={"holders": {render_id}}, add={"parked": {render_id}})


def unpark(render_id: str, in_flight: int) -> Update:
    """Takes a slot for a parked order again, if one is free."""
    return Update(
        keys.ACCOUNT,
        discard={"parked": {render_id}},
        add={"holders": {render_id}},
        when=_SLOT,
        given={"slots": in_flight},
    )

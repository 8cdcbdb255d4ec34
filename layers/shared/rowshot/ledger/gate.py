"""The gate before the hiapi account: slots, the line before them, the pace and the pause.

A slot belongs to a render, not to a process: it is taken in the transaction that claims an attempt
and given back in the one that records the attempt's end. A crash in between frees nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass, field

from rowshot.clock import Clock
from rowshot.ledger import keys
from rowshot.ledger.table import Change, Conflict, Delete, Key, Put, Table

_LINE_PAGE = 200  # tickets looked at; more wait at the end anyway
_HEAD_WAIT = 2
_LONGEST_WAIT = 60
_ROUND = "round_"
_CATCH_UP = 8  # rounds by which a newcomer may start behind: about one filling of the slots
_MANY = 40  # runs whose rounds are counted before those of ended ones are forgotten
_TICKET_SLACK = 60.0  # wall seconds that a waiting row may be late before its place is given up


@dataclass(frozen=True)
class Ticket:
    """A row's place in the line.

    Places sort by round, then by run. A run gets one slot a round, so that runs alternate however
    many rows each of them has waiting.
    """

    round: int
    run_id: str
    number: int
    until: float = 0.0

    @property
    def stands(self) -> bool:
        """Whether it was written, or is only what a newcomer would take."""
        return self.until > 0

    @property
    def key(self) -> Key:
        """Where the ticket stands; the sort key is the place."""
        return "ACCOUNT", f"{keys.LINE}{self.round:010d}#{self.run_id}#{self.number:06d}"

    @classmethod
    def from_sort_key(cls, sort_key: str, until: float) -> Ticket:
        """Reads a place back."""
        place, run_id, number = sort_key.removeprefix(keys.LINE).split("#")
        return cls(int(place), run_id, int(number), until)


@dataclass(frozen=True)
class GateView:
    """The gate as it stood at one read."""

    holders: Set[str] = frozenset()
    parked: Set[str] = frozenset()
    blocked_until: float = 0.0
    paused_at: float = 0.0
    pause_reason: str = ""
    probe_at: float = 0.0
    line: tuple[Ticket, ...] = field(default_factory=tuple)
    deserted: tuple[Ticket, ...] = field(default_factory=tuple)
    rounds: Mapping[str, int] = field(default_factory=dict)
    served: int = 0

    def ticket_of(self, run_id: str, number: int) -> Ticket | None:
        """The row's place, if it has one."""
        for ticket in self.line:
            if (ticket.run_id, ticket.number) == (run_id, number):
                return ticket
        return None

    def place_of(self, ticket: Ticket) -> int:
        """How many stand before a ticket."""
        return sum(1 for other in self.line if other.key < ticket.key)

    def new_ticket(self, run_id: str, number: int) -> Ticket:
        """The place that a row takes: its run's next round.

        A run that comes later, or was idle, starts a little behind what was served last, so that
        it catches up with a head start, but does not take all slots for what others had before.
        """
        own = [ticket.round for ticket in self.line if ticket.run_id == run_id]
        following = max(own) + 1 if own else self.rounds.get(run_id, 0)
        return Ticket(max(following, self.served - _CATCH_UP), run_id, number)

    def free(self, limit: int) -> int:
        """How many slots are free."""
        return max(0, limit - len(self.holders))


def wait_for_place(place: int) -> int:
    """Whole nominal seconds until a row in the line should ask again; the head asks soonest."""
    return min(_LONGEST_WAIT, _HEAD_WAIT + 3 * place)


class Gate:
    """Reads and changes the gate."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def view(self) -> GateView:
        """The gate and the line as they stand; places whose holder is long overdue are left out."""
        now = self._clock.now()
        gate: dict[str, object] = {}
        line: list[Ticket] = []
        deserted: list[Ticket] = []
        for item in self._table.query("ACCOUNT", limit=_LINE_PAGE):
            if item["sk"] == keys.GATE[1]:
                gate = item
            elif item["sk"].startswith(keys.LINE):
                ticket = Ticket.from_sort_key(item["sk"], float(item["until"]))
                (line if ticket.until > now else deserted).append(ticket)
        return GateView(
            holders=gate.get("holders", frozenset()),  # type: ignore[arg-type]
            parked=gate.get("parked", frozenset()),  # type: ignore[arg-type]
            blocked_until=float(gate.get("blocked_until", 0)),  # type: ignore[arg-type]
            paused_at=float(gate.get("paused_at", 0)),  # type: ignore[arg-type]
            pause_reason=str(gate.get("pause_reason", "")),
            probe_at=float(gate.get("probe_at", 0)),  # type: ignore[arg-type]
            line=tuple(line),
            deserted=tuple(deserted),
            rounds={
                name.removeprefix(_ROUND): int(value)  # type: ignore[call-overload]
                for name, value in gate.items()
                if name.startswith(_ROUND)
            },
            served=int(gate.get("served", 0)),  # type: ignore[call-overload]
        )

    def blocked_until(self) -> float:
        """The instant up to which nobody may ask hiapi, 0 when nobody was told to wait."""
        return float((self._table.get(keys.GATE) or {}).get("blocked_until", 0))

    def stand(self, ticket: Ticket, wait: float) -> None:
        """Takes or keeps a place in the line for one more wait of nominal seconds."""
        until = self._clock.after(wait) + _TICKET_SLACK
        # A day after its end the table's TTL removes what nobody stands for any more.
        item = {"until": until, "expires_at": int(until) + 86_400}
        self._table.write(Put(ticket.key, item, when=""))

    def leave(self, ticket: Ticket) -> None:
        """Gives a place up."""
        self._table.write(Delete(ticket.key))

    def tidy(self, view: GateView) -> None:
        """Removes places that nobody stands for any more, before they crowd others out."""
        for ticket in view.deserted:
            self.leave(ticket)

    def forget(self, view: GateView, alive: Callable[[], Collection[str]]) -> None:
        """Forgets the rounds of ended runs when there are many.

        Args:
            view: The gate as it was read.
            alive: Gives the ids of the open runs.
        """
        if len(view.rounds) > _MANY:
            ended = [_ROUND + run_id for run_id in set(view.rounds) - set(alive())]
            if not ended:
                return  # DynamoDB refuses an update that changes nothing
            self._table.write(Change(keys.GATE, remove=ended))

    def slow_down(self, seconds: float) -> None:
        """Lets nobody ask hiapi before so many nominal seconds have passed."""
        until = self._clock.after(seconds)
        try:
            self._table.write(
                Change(
                    keys.GATE,
                    set={"blocked_until": until},
                    when="attribute_not_exists(#blocked_until) OR #blocked_until < :until",
                    given={"until": until},
                )
            )
        except Conflict:
            return  # somebody was told to wait longer; that holds

    def pause(self, reason: str, probe_after: float) -> None:
        """Submits nothing more for any run; one probe may ask again after nominal seconds."""
        now = self._clock.now()
        change = {"pause_reason": reason, "probe_at": self._clock.after(probe_after)}
        try:
            first = "attribute_not_exists(#paused_at)"
            self._table.write(Change(keys.GATE, set={"paused_at": now, **change}, when=first))
        except Conflict:
            return  # paused already; when the next probe is due was settled with the last one

    def take_probe(self, view: GateView, seconds: float) -> bool:
        """Whether the caller is the one who may probe now; the next may after nominal seconds."""
        if view.probe_at > self._clock.now():
            return False
        try:
            self._table.write(
                Change(
                    keys.GATE,
                    set={"probe_at": self._clock.after(seconds)},
                    when="attribute_exists(#paused_at) AND #probe_at = :seen",
                    given={"seen": view.probe_at},
                )
            )
        except Conflict:
            return False
        return True

    def resume(self) -> None:
        """Ends the pause: the balance is back, or a person says so."""
        self._table.write(Change(keys.GATE, remove=("paused_at", "pause_reason", "probe_at")))


def take_slot(
    render_id: str, view: GateView, ticket: Ticket, limit: int, *, probing: bool = False
) -> Change:
    """The part of a claim that takes a slot, and counts it as its run's round.

    Args:
        render_id: The render that will hold it.
        view: The gate as it was read.
        ticket: The row's place.
        limit: The account's slots.
        probing: True for the one order that asks whether a paused account works again.
    """
    name = _ROUND + ticket.run_id
    counted = view.rounds.get(ticket.run_id, 0)
    skipped = max(0, view.served - _CATCH_UP - counted)
    conditions = [
        "(attribute_not_exists(#holders) OR size(#holders) < :limit)",
        "attribute_exists(#paused_at)" if probing else "attribute_not_exists(#paused_at)",
    ]
    given = {"limit": limit}
    if skipped:  # only one of its rows may skip the rounds that a run was not there for
        conditions.append(f"#{name} = :counted" if counted else f"attribute_not_exists(#{name})")
        given |= {"counted": counted} if counted else {}
    return Change(
        keys.GATE,
        set={"served": max(view.served, ticket.round)},
        add={"holders": {render_id}, name: skipped + 1},
        when=" AND ".join(conditions),
        given=given,
    )


def give_back(render_id: str) -> Change:
    """The part of an attempt's end that gives its slot back, parked or not."""
    return Change(keys.GATE, discard={"holders": {render_id}, "parked": {render_id}})


def unpark(render_id: str, limit: int) -> Change:
    """Takes a slot for a parked order again, if one is free."""
    return Change(
        keys.GATE,
        discard={"parked": {render_id}},
        add={"holders": {render_id}},
        when="attribute_not_exists(#holders) OR size(#holders) < :limit",
        given={"limit": limit},
    )


def park(render_id: str) -> Change:
    """Counts a task past its hard deadline as parked instead of as holding a slot."""
    return Change(keys.GATE, discard={"holders": {render_id}}, add={"parked": {render_id}})

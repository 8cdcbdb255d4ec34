"""What was ordered for a row as an older release read it is not ordered again by this one."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowshot.ledger.histories import PERSONAL
from rowshot.ledger.records import Picture, Render, RowHistory, Version
from rowshot.planning.known_state import draw_up_from
from rowshot.planning.plan import Known, Plan, history_of
from rowshot.reading import read_sheet
from rowshot.reading.yes_no import tick
from rowshot.specs import reading
from rowshot.statuses import RowStatus
from support.situations import PICTURE, failed, published, released, running

HIDDEN = ("\u200b", "\u00ad", "\ufeff", "\u202a", "\u200e", "\u2060")
OLD = Picture("https://cdn.example/old.webp", 4, 3, 100)


@dataclass
class Memory:
    """A ledger of what was planned and ordered so far."""

    remembered: dict[tuple[str, str], RowHistory] = field(default_factory=dict)
    known_: Known = field(default_factory=lambda: Known({}, {}))

    def overrides(self) -> dict[str, Any]:
        return {}

    def histories(self, sheet_id: str, row_keys: Iterable[str]) -> dict[str, RowHistory]:
        keys = set(row_keys)
        return {
            key: history
            for (sheet, key), history in self.remembered.items()
            if sheet == sheet_id and key in keys
        }

    def known(self, wanted: Iterable[tuple[str, str]]) -> Known:
        pairs = set(wanted)
        ids = {render_id for render_id, _ in pairs}
        return Known(
            {one: render for one, render in self.known_.renders.items() if one in ids},
            {pair: picture for pair, picture in self.known_.pictures.items() if pair in pairs},
        )

    def order(self, plan: Plan, render: Render) -> None:
        """Remembers what a plan ordered, and what became of it."""
        renders, pictures = dict(self.known_.renders), dict(self.known_.pictures)
        for row in plan.to_render:
            wanted = row.wanted
            place, history = history_of(wanted.spec, "sheet"), wanted.history
            versions = history.versions
            if render.state == "published":
                pictures[wanted.render_id, wanted.folder] = PICTURE
                versions = (*versions, Version(history.version, wanted.render_id, PICTURE, 0.0))
            renders[wanted.render_id] = render
            known = {"version": history.version, "note": history.note, "versions": versions}
            known |= {"note_for": history.note_for, "redo_seen": history.redo_seen}
            self.remembered[place] = RowHistory(place[1], **known)
        self.known_ = Known(renders, pictures)


def csv_of(*rows: dict[str, str]) -> bytes:
    header = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def plan(memory: Memory, *rows: dict[str, str], max_usd: str = "25") -> Plan:
    return draw_up_from(
        read_sheet(csv_of(*rows), name="a.csv"),
        memory,
        "sheet",
        default_model="qwen-image-2.0",
        max_usd=Decimal(max_usd),
        first=None,
        since=lambda instant: 0.0,
    )


def former_wish(cell: str) -> str | None:
    """A redo cell as it was read when only ticks were known."""
    ticked = tick(cell)
    if ticked is None:
        return " ".join(unicodedata.normalize("NFC", cell).split())
    return "yes" if ticked else None


def formerly(memory: Memory, *rows: dict[str, str]) -> Plan:
    """A plan of the release that knew neither invisible characters nor words for redoing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "visible", lambda row: row)
        patch.setattr(reading, "redo_wish", former_wish)
        patch.setattr(reading, "is_unclear", lambda cell: False)
        return plan(memory, *rows)


PLAIN = {"slug": "cup", "prompt": "A t\u200bea\u00adcup"}
PERSON = {"slug": "a", "recipe": "personal", "name": "An\u00adna", "locale": "en",
          "product": "tea \u200etins", "greeting": "Happy \u2060birthday"}  # fmt: skip
RECIPE = {"slug": "b", "recipe": "packshot", "product": "a jar\u202c of\u202a honey"}
NEGATIVE = {"slug": "c", "prompt": "A cup", "negative_prompt": "no\ufeff cracks"}


@pytest.mark.parametrize("row", [PLAIN, PERSON, RECIPE, NEGATIVE])
@pytest.mark.parametrize(
    ("became", "status", "cost"),
    [
        (published(), RowStatus.UNCHANGED, "0"),
        (running(), RowStatus.QUEUED, "0"),
        (failed(final=True), RowStatus.FAILED, "0"),
        (failed(), RowStatus.QUEUED, "0.025"),
    ],
)
def test_what_nobody_sees_is_no_reason_to_buy(
    row: dict[str, str], became: Render, status: RowStatus, cost: str
) -> None:
    memory = Memory()
    first = formerly(memory, row)
    assert first.rows[0].status is RowStatus.QUEUED, first.rows[0].reasons
    memory.order(first, became)
    (now,) = plan(memory, row).rows
    assert (now.status, str(now.cost)) == (status, cost)
    assert now.wanted.render_id == first.rows[0].wanted.render_id
    assert now.wanted.folder == first.rows[0].wanted.folder


def test_a_new_row_is_read_without_what_nobody_sees() -> None:
    (row,) = plan(Memory(), PLAIN).rows
    assert b'"A teacup"' in row.wanted.body


def test_a_redo_asks_for_what_is_seen() -> None:
    memory = Memory()
    memory.order(formerly(memory, PLAIN), published())
    ticked = {**PLAIN, "redo": "yes"}
    redone = plan(memory, ticked)
    assert redone.rows[0].wanted.history.version == 2
    assert b'"A teacup"' in redone.rows[0].wanted.body
    memory.order(redone, published())
    assert plan(memory, ticked).rows[0].status is RowStatus.UNCHANGED


def test_a_note_outlives_an_order_that_never_went_out() -> None:
    memory = Memory()
    memory.order(formerly(memory, PLAIN), published())
    noted = {**PLAIN, "redo": "in blue"}
    memory.order(formerly(memory, noted), published())
    (place,) = memory.remembered
    wanted = memory.remembered[place].versions[-1].render_id
    memory.known_ = Known({one: r for one, r in memory.known_.renders.items() if one != wanted}, {})
    (row,) = plan(memory, noted).rows
    assert b'"A teacup\\nin blue"' in row.wanted.body


def test_an_approved_row_is_not_said_to_have_changed() -> None:
    memory = Memory()
    memory.order(formerly(memory, PLAIN), published())
    (row,) = plan(memory, {**PLAIN, "approved": "yes"}).rows
    assert (row.status, row.reasons) == (RowStatus.APPROVED, ())


def test_the_reading_that_the_row_shows_counts_before_one_that_is_known_elsewhere() -> None:
    memory = Memory()
    memory.order(formerly(memory, PLAIN), published())
    memory.order(plan(memory, {"slug": "other", "prompt": "A teacup"}), published())
    (row,) = plan(memory, PLAIN).rows
    assert row.status is RowStatus.UNCHANGED


@pytest.mark.parametrize(
    "cell",
    ["again", "nochmal", "重画", "Regenerate!", "redo", "重做", "encore", "do not redo", "keep it",
     "точно", "once  again", "more\u200b steam", "brighter\nplease"],
)  # fmt: skip
def test_a_redo_that_was_taken_as_a_note_is_not_taken_again(cell: str) -> None:
    memory, row = Memory(), {"slug": "cup", "prompt": "A cup"}
    memory.order(formerly(memory, row), published())
    row["redo"] = cell
    memory.order(formerly(memory, row), published())
    (now,) = plan(memory, row).rows
    assert (now.status, now.wanted.history.version) == (RowStatus.UNCHANGED, 2)
    row["redo"] = "and now in red"
    assert plan(memory, row).rows[0].wanted.history.version == 3


def test_a_personal_redo_is_remembered_as_it_was_read() -> None:
    memory = Memory()
    memory.order(formerly(memory, PERSON), published())
    memory.order(formerly(memory, {**PERSON, "redo": "again"}), published())
    assert {sheet for sheet, _ in memory.remembered} == {PERSONAL}
    (row,) = plan(memory, {**PERSON, "redo": "again"}).rows
    assert row.status is RowStatus.UNCHANGED


TEXTS = st.lists(
    st.sampled_from(("A ", "e\u0301", "red", " cup", "é", "茶", "\n", *HIDDEN)), min_size=1
)
CELLS = st.one_of(
    TEXTS.map("".join),
    st.sampled_from(("", "yes", "no", "again", "重画", "nochmal", "keep", "done", "in blue")),
)

BECAME = {
    "published": published(),
    "running": running(),
    "released": released(),
    "refused": failed(final=True),
}


@settings(max_examples=150, deadline=None)
@given(
    cells=st.fixed_dictionaries(
        {"prompt": TEXTS.map("".join), "negative_prompt": CELLS, "approved": st.sampled_from("yn")}
    ),
    redos=st.lists(CELLS, max_size=3),
    became=st.sampled_from(tuple(BECAME)),
    last=st.sampled_from(("published", "running", "refused")),
)
def test_nothing_that_was_ordered_is_bought_anew(
    cells: dict[str, str], redos: list[str], became: str, last: str
) -> None:
    memory, row = Memory(), {"slug": "cup", **cells, "redo": ""}
    for redo in redos:
        row["redo"] = redo
        memory.order(formerly(memory, row), BECAME[became])
    memory.order(formerly(memory, row), BECAME[last])
    before = formerly(memory, row)
    now = plan(memory, row)
    assert now.estimate <= before.estimate == 0
    if now.rows[0].status is not RowStatus.INVALID:
        assert now.rows[0].status == before.rows[0].status
        assert now.rows[0].wanted.render_id == before.rows[0].wanted.render_id


@pytest.mark.parametrize("space", "\u3000\u2009\u2003\u1680\u205f")
def test_a_row_whose_key_has_a_wide_space_keeps_what_is_remembered_of_it(space: str) -> None:
    key, memory = f"tea{space}tin", Memory()
    memory.remembered["sheet", key] = RowHistory(
        key, version=4, redo_seen="yes", versions=(Version(4, "of an older prompt", OLD, 0.0),)
    )
    row = {"slug": key, "prompt": "A tin", "redo": "yes", "approved": "yes"}
    (planned,) = plan(memory, row).rows
    assert (planned.status, planned.picture) == (RowStatus.APPROVED, OLD)
    assert planned.wanted.history.version == 4


def test_keys_that_look_the_same_name_the_same_product() -> None:
    rows = [{"slug": f"tea{space}tin", "prompt": "A tin"} for space in " \u3000\u2009"]
    first, *others = plan(Memory(), *rows).rows
    assert first.status is RowStatus.QUEUED
    assert all("already used in row 2" in row.reasons[0] for row in others)

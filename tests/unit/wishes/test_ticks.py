"""The words for yes and no, as people, spreadsheets and scripts write them."""

from __future__ import annotations

import pytest

from rowshot.ticks import YES, redo_wish, tick


@pytest.mark.parametrize(
    "cell", "N n no nein Non FALSCH FAUX FALSO false 否 ☐ ✗ - null None n/a undefined".split()
)
def test_no_is_no_in_every_language(cell: str) -> None:
    assert tick(cell) is False
    assert redo_wish(cell) is None


@pytest.mark.parametrize("cell", "Y yes ja oui sí WAHR VRAI VERDADERO VERO true 是 ✓ ☑".split())
def test_yes_is_a_tick_and_no_note(cell: str) -> None:
    assert tick(cell) is True
    assert redo_wish(cell) == YES


def test_a_sentence_is_a_note() -> None:
    assert redo_wish("No shadows, please") == "No shadows, please"

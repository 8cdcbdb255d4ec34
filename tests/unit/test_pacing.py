"""When a task is looked at."""

import pytest

from rowshot.deciding.pacing import LONGEST, SHORTEST, first_look, next_look

RECENT = [30.0, 34.0, 36.0, 38.0, 40.0, 42.0, 44.0, 46.0]


def test_without_experience_the_first_look_is_what_the_model_is_known_to_take() -> None:
    assert first_look([], 25) == 25
    assert first_look([90.0] * 3, 25) == 25
    assert SHORTEST <= first_look([]) <= LONGEST


def test_with_experience_most_tasks_are_not_done_at_the_first_look() -> None:
    assert 30 < first_look(RECENT, 25) < 40


def test_a_task_that_stands_in_no_line_is_looked_at_as_soon_as_the_quickest_was_done() -> None:
    assert first_look(RECENT, 25, at_once=True) == 30


@pytest.mark.parametrize("recent", [[0.0] * 8, [900.0] * 8])
def test_looks_are_neither_too_close_nor_too_far_apart(recent: list[float]) -> None:
    assert SHORTEST <= first_look(recent) <= LONGEST


def test_long_before_the_end_one_look_waits_for_it() -> None:
    assert next_look(10, RECENT, 240) == 20


def test_looks_become_rare_after_the_deadline() -> None:
    waits = [next_look(elapsed, RECENT, 240) for elapsed in (40, 250, 490)]
    assert waits == sorted(set(waits))

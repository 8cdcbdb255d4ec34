"""When a task is looked at."""

import pytest

from rowshot.deciding.pacing import (
    LONGEST,
    SHORTEST,
    first_look,
    late_look,
    next_look,
    quantile,
)

RECENT = [30.0, 34.0, 36.0, 38.0, 40.0, 42.0, 44.0, 46.0]


def test_without_experience_the_first_look_is_what_the_model_is_known_to_take() -> None:
    assert first_look([], 25) == 25
    assert first_look([90.0] * 3, 25) == 25
    assert SHORTEST <= first_look([]) <= LONGEST


def test_with_experience_hardly_a_task_is_done_at_the_first_look() -> None:
    assert first_look([26.0, *RECENT, 47.0, 48.0], 25) == 30


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


@pytest.mark.parametrize(
    ("recent", "expected", "at_once", "seconds"),
    [
        ([], None, False, 12),
        ([], 0.5, False, 2),
        ([], 1.4, False, 2),
        ([], 25, True, 25),
        ([], 61, False, 60),
        ([], 600, False, 60),
        ([90.0] * 3, 25, False, 25),
        ([20.0, 30.0, 40.0, 50.0], 25, False, 20),
        ([20.0, 30.0, *[40.0] * 9], 25, False, 30),
        ([50.0, 40.0, 30.0, 20.0], 25, True, 20),
        ([20.0] * 4, None, False, 20),
        ([0.0] * 8, 25, True, 2),
        ([900.0] * 8, 25, False, 60),
    ],
)
def test_seconds_to_the_first_look(
    recent: list[float], expected: float | None, at_once: bool, seconds: int
) -> None:
    assert first_look(recent, expected, at_once=at_once) == seconds


@pytest.mark.parametrize(
    ("elapsed", "recent", "seconds"),
    [
        (0, [], 4),
        (240, [], 4),
        (240.5, [], 15),
        (480, [], 15),
        (480.5, [], 45),
        (5, [20.0] * 3, 4),
        (5, [20.0, 30.0, 30.0, 30.0], 15),
        (17, [20.0] * 4, 4),
        (15, [20.0] * 4, 5),
        (16.9, [20.0] * 4, 4),
        (0, [900.0] * 4, 60),
        (250, [900.0] * 4, 15),
    ],
)
def test_seconds_to_the_next_look(elapsed: float, recent: list[float], seconds: int) -> None:
    assert next_look(elapsed, recent, 240) == seconds


def test_a_picture_that_is_being_stored_is_there_in_a_moment() -> None:
    assert next_look(10, RECENT, 240, storing=True) == SHORTEST
    assert next_look(250, RECENT, 240, storing=True) > 4 * SHORTEST


@pytest.mark.parametrize(
    ("elapsed", "seconds"),
    [(0, 120), (960, 120), (1600, 200), (28_800, 3600), (86_400, 3600)],
)
def test_seconds_to_the_next_look_at_a_late_task(elapsed: float, seconds: float) -> None:
    assert late_look(elapsed) == seconds


@pytest.mark.parametrize(("part", "value"), [(0, 1), (0.24, 1), (0.25, 2), (0.99, 4), (1, 4)])
def test_quantiles(part: float, value: float) -> None:
    assert quantile([3, 1, 4, 2], part) == value

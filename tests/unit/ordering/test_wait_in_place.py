"""Waiting in place, on a clock of its own."""

from dataclasses import dataclass, field

from rowshot.clock import Clock
from rowshot.ledger.jobs import DONE, Next
from rowshot.ordering.wait_in_place import WaitInPlace


@dataclass
class Scene:
    """A step that answers what it is told to, and the time that it is given."""

    answers: list[Next]
    look_takes: float = 0.0
    scale: float = 1.0
    time: float = 0.0
    pauses: list[float] = field(default_factory=list)
    calls: int = 0

    def step(self) -> Next:
        self.calls += 1
        self.time += self.look_takes
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds

    def outcome(self, time_left: float = 60.0) -> Next:
        clock = Clock(self.scale)
        patience = WaitInPlace(self.step, "poll", clock, self.pause, lambda: self.time)
        return patience(time_left)


def test_short_waits_of_the_same_step_are_waited_here() -> None:
    scene = Scene([Next("poll", 3), Next("poll", 2), Next("publish")])
    assert scene.outcome() == Next("publish")
    assert scene.pauses == [3, 2]


def test_a_long_wait_is_left_to_the_state_machine() -> None:
    scene = Scene([Next("poll", 3), Next("poll", 30)])
    assert scene.outcome() == Next("poll", 30)
    assert scene.calls == 2


def test_another_step_is_never_waited_for_here() -> None:
    scene = Scene([Next("submit", 2)])
    assert scene.outcome() == Next("submit", 2)
    assert scene.pauses == []


def test_the_end_is_passed_on() -> None:
    assert Scene([DONE]).outcome() == DONE


def test_one_look_at_its_slowest_still_fits_into_the_time_left() -> None:
    scene = Scene([Next("poll", 3)], look_takes=0.5)
    assert scene.outcome(60.0) == Next("poll", 3)
    assert scene.time <= 60 - 30


def test_a_function_without_time_looks_once() -> None:
    scene = Scene([Next("poll", 3)])
    assert scene.outcome(5.0) == Next("poll", 3)
    assert scene.calls == 1


def test_waits_are_as_long_as_the_clock_says() -> None:
    scene = Scene([Next("poll", 4), Next("publish")], scale=0.1)
    scene.outcome()
    assert scene.pauses == [0.4]


def test_where_no_time_passes_looks_end_too() -> None:
    scene = Scene([Next("poll", 4)], scale=0.0)
    assert scene.outcome() == Next("poll", 4)
    assert scene.calls < 100

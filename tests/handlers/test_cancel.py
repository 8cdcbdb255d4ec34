"""What cancelling says: how many rows wait, how many pictures are paid for anyway."""

from __future__ import annotations

from dataclasses import replace

from rowshot.deciding.reasons import RUN_CANCELLED
from rowshot_simulators.hiapi import Fault
from support.kills import Place
from support.options import Options
from support.sheets import sheet
from support.world import World


def test_a_paid_picture_that_is_being_published_does_not_count_as_waiting() -> None:
    slow = Fault("task", "latency", seconds=900, prompt="number 2")
    with World(replace(Options(), faults=(slow,))) as world:
        said: list[tuple[int, int, bool]] = []

        def judge(place: Place) -> None:
            if place.function == "publish" and place.name == "s3 PutObject" and not said:
                for _ in range(2):
                    cancelled = world.control.cancel(run_id)
                    said.append((cancelled.dropped, cancelled.billed, cancelled.again))

        world.judges.append(judge)
        run_id = world.drop(sheet(2))
        world.run(run_id)

        assert said == [(0, 1, False), (0, 1, True)]
        assert world.report(run_id)["counts"]["published"] == 2


def test_an_order_that_may_not_have_gone_out_yet_is_not_promised_as_a_picture() -> None:
    with World(Options()) as world:
        said: list[tuple[int, int, bool]] = []

        def judge(place: Place) -> None:
            if place.function == "submit" and not begun:
                begun.append(place)
                cancelled = world.control.cancel(run_id)
                said.append((cancelled.dropped, cancelled.billed, cancelled.certain))

        begun: list[Place] = []
        world.judges.append(judge)
        run_id = world.drop(sheet(1))
        world.run(run_id)

        assert said == [(0, 1, False)]
        assert world.report(run_id)["problem"] == RUN_CANCELLED

"""Functions that follow rows have a free worker for the next call."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from rowshot_local.engine.ready import MOST, ReadyWorkers

SUBMIT, POLL, PLAN = "shop-SubmitFunction-A1", "shop-PollFunction-B2", "shop-PlanFunction-C3"


@dataclass
class Worker:
    name: str
    busy: bool = True
    started: bool = False


@dataclass
class Service:
    """As much of MiniStack's Lambda as is touched; ``settled`` tells when nothing is being made."""

    fails: bool = False
    workers: list[Worker] = field(default_factory=list)
    settled: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __post_init__(self) -> None:
        code = {"config": {"Version": "$LATEST"}, "code_zip": b"zip"}
        self._functions = dict.fromkeys((SUBMIT, POLL, PLAN), code)

    def acquire_worker(
        self, name: str, config: Any, code: bytes, *, qualifier: str, max_concurrency: int = 0
    ) -> tuple[Worker | None, str]:
        own = [worker for worker in self.workers if worker.name == name]
        for worker in own:
            if not worker.busy:
                worker.busy = True
                return worker, "reused"
        if max_concurrency and len(own) >= max_concurrency:
            self.settled.release()
            return None, "func_cap"
        self.workers.append(Worker(name))
        return self.workers[-1], "spawn"

    def ensure_spawned(self, worker: Worker) -> None:
        if self.fails:
            self.settled.release()
            raise OSError("no memory")
        worker.started = True

    def release_worker(self, worker: Worker) -> None:
        worker.busy = False
        if not self.fails:
            self.settled.release()

    def call(self, name: str) -> Worker:
        worker, _ = self.acquire_worker(name, {}, b"zip", qualifier="$LATEST")
        assert worker is not None
        return worker

    def free(self, name: str) -> int:
        return sum(each.name == name and not each.busy for each in self.workers)

    def settle(self, times: int) -> None:
        for _ in range(times):
            assert self.settled.acquire(timeout=30)


def ready(service: Service) -> Service:
    ReadyWorkers(service, ["SubmitFunction", "PollFunction"]).install()
    return service


def test_the_first_call_makes_all_of_them_ready_and_each_call_one_more() -> None:
    service = ready(Service())
    service.call(SUBMIT)
    service.settle(2)
    assert (service.free(SUBMIT), service.free(POLL), service.free(PLAN)) == (1, 1, 0)
    assert service.call(POLL).started
    service.settle(1)
    assert service.free(POLL) == 1


def test_other_functions_start_when_they_are_called() -> None:
    service = ready(Service())
    service.call(PLAN)
    assert [worker.name for worker in service.workers] == [PLAN]


def test_there_is_an_end_to_it() -> None:
    service = ready(Service())
    for number in range(MOST):
        service.call(SUBMIT)
        service.settle(1 if number else 2)
    assert sum(worker.name == SUBMIT for worker in service.workers) == MOST


def test_a_worker_that_does_not_start_hinders_no_call(caplog: pytest.LogCaptureFixture) -> None:
    service = ready(Service(fails=True))
    service.call(SUBMIT)
    service.settle(2)
    assert service.call(POLL).busy
    assert "No worker could be made ready" in caplog.text

"""Sends claimed orders to hiapi and notes what came of them: the one place that spends money."""

from __future__ import annotations

from dataclasses import dataclass

from rowshot.content_rules import is_about_content
from rowshot.errors import (
    HiapiBusy,
    HiapiDenied,
    HiapiError,
    HiapiOutOfBalance,
    HiapiRefused,
    HiapiUnavailable,
    HiapiUnreachable,
)
from rowshot.jobs import Job, Next
from rowshot.ledger.records import Render, RunStatus
from rowshot.metrics import Figure
from rowshot.models.learning import learn_from_refusal
from rowshot.pacing import first_look
from rowshot.statuses import RowStatus
from rowshot.steps import failures
from rowshot.steps.failures import Kind
from rowshot.steps.following import Follower, jitter

PROBE_EVERY = 240.0  # nominal seconds between two orders that ask for the balance
_KEY_BUSY = 5.0  # nominal seconds until a key's first request is answered, if hiapi says nothing
_MODEL_WAIT = 60.0
_MODEL_PATIENCE = 600.0  # nominal seconds for which a model may be out


@dataclass(frozen=True)
class _Outage:
    """What does not work for now, though nothing was taken.

    Args:
        of: The model, or hiapi as a whole.
        reason: The sentence for a row when it has lasted too long.
        kind: What such a row counts as.
        meanwhile: The sentence for a row that waits, empty for none.
    """

    of: str
    reason: str = failures.MODEL_OUT
    kind: Kind = Kind.MODEL_OUT
    meanwhile: str = ""


_UNREACHABLE = _Outage("hiapi", failures.UNREACHABLE, Kind.NO_ANSWER, failures.UNREACHABLE_FOR_NOW)


@dataclass(frozen=True)
class Ordering:
    """Sends orders.

    Args:
        follower: The job's connections.
    """

    follower: Follower

    def again(self, job: Job, render: Render, wait: float) -> Next:
        """Sends an order whose answer nobody noted; the same bytes under the same key settle it.

        Args:
            job: The row on whose behalf.
            render: The claimed render.
            wait: Nominal seconds for which nobody else shall send it.
        """
        if render.unsent and self.follower.ledger.runs.get(render.buyer.run_id).halted:
            reason = failures.CANCELLED
            self.follower.point("give slot back")
            self.follower.ledger.renders.not_created(render, reason, refused=False)
            return Next("submit", 1)
        self.follower.point("hold order")
        held = self.follower.ledger.renders.hold(render, wait)
        if held is None:
            return Next("submit", 4, "somebody else is settling this order")
        return self.send(job, held, unclear=not render.unsent)

    def send(
        self,
        job: Job,
        render: Render,
        *,
        unclear: bool,
        probing: bool = False,
        at_once: bool = False,
    ) -> Next:
        """Posts a claimed order's stored bytes under its key, and notes what came of it.

        Args:
            job: The row on whose behalf.
            render: The claimed render.
            unclear: True when hiapi may have taken the same order before: an answer that only
                says what hiapi thinks now (402, 401) then settles nothing.
            probing: True when the account is paused and this order asks whether it works again.
            at_once: Whether hiapi can begin with the task without a line.
        """
        self.follower.point("post order")
        try:
            task_id = self.follower.hiapi.create(render.body, render.key)
        except HiapiOutOfBalance as error:
            return self._no_balance(job, render, error, unclear)
        except HiapiDenied as error:
            return self._denied(job, render, error, unclear)
        except HiapiUnreachable as error:
            return self._out(job, render, error, unclear, _UNREACHABLE)
        except HiapiUnavailable as error:
            return self._out(job, render, error, unclear, _Outage(job.model))
        except HiapiRefused as error:
            return self._refused(job, render, error)
        except HiapiBusy as error:
            return self._busy(render, error, unclear)
        except HiapiError as error:
            # Nobody knows whether it was taken. The claim stands; the same order is sent again.
            age = self.follower.clock.since(render.claimed_at)
            return self._later(render, min(60.0, max(3.0, age)), error, unclear=True)
        latencies = self.follower.ledger.models.latencies(job.model)
        wait = first_look(latencies, job.expected, at_once=at_once)
        self.follower.point("note task")
        if self.follower.ledger.renders.running(render, task_id, wait):
            self.follower.meter.add(Figure.ORDERS_PLACED)
        if probing:
            self.follower.point("resume account")
            self.follower.ledger.gate.resume()
        return Next("poll", wait)

    def _later(self, render: Render, wait: float, error: HiapiError, *, unclear: bool) -> Next:
        self.follower.point("put order off")
        self.follower.ledger.renders.hold(render, wait, unsent=not unclear)
        return Next("submit", wait, error.message)

    def _busy(self, render: Render, error: HiapiError, unclear: bool) -> Next:
        if error.status != 409:
            return self._later(render, self.follower.slow_down(error), error, unclear=unclear)
        # Only this key's first request is still being answered: the account goes on.
        wait = _KEY_BUSY if error.retry_after is None else error.retry_after
        return self._later(render, wait + jitter(wait), error, unclear=True)

    def _no_balance(self, job: Job, render: Render, error: HiapiError, unclear: bool) -> Next:
        self.follower.point("pause account")
        self.follower.ledger.gate.pause(error.message, PROBE_EVERY)
        self.follower.ledger.runs.paused(job.run_id)
        wait = PROBE_EVERY + jitter(PROBE_EVERY)
        if unclear:
            self._later(render, wait, error, unclear=True)
        else:
            self._not_created(render, error, refused=False)
        self.follower.record(job, RowStatus.QUEUED, failures.WAITS_FOR_BALANCE)
        return Next("submit", wait, error.message)

    def _denied(self, job: Job, render: Render, error: HiapiError, unclear: bool) -> Next:
        if not unclear:
            self._not_created(render, error, refused=False)
        self.follower.point("stop run")
        self.follower.ledger.runs.halt(job.run_id, RunStatus.STOPPED, error.message)
        reason = error.message
        return self.follower.end(job, RowStatus.FAILED, reason, Kind.KEY_DENIED, awaited=unclear)

    def _out(
        self, job: Job, render: Render, error: HiapiError, unclear: bool, outage: _Outage
    ) -> Next:
        wait = _MODEL_WAIT + jitter(_MODEL_WAIT)
        if unclear:
            self._later(render, wait, error, unclear=True)
        else:  # others need the slot meanwhile
            self._not_created(render, error, refused=False)
        self.follower.point("note model out")
        out_for = self.follower.ledger.models.out_for(outage.of, self.follower.clock)
        if out_for <= _MODEL_PATIENCE:
            if outage.meanwhile and not unclear:
                self.follower.record(job, RowStatus.QUEUED, outage.meanwhile)
            return Next("submit", wait, error.message)
        reason, kind = outage.reason, outage.kind
        return self.follower.end(job, RowStatus.FAILED, reason, kind, awaited=unclear)

    def _refused(self, job: Job, render: Render, error: HiapiError) -> Next:
        content = is_about_content(error.code, error.message)
        if (
            error.status == 422 and not content
        ):  # the key stands for other bytes: something was bought under it
            self.follower.point("note refusal")
            self.follower.ledger.renders.failed(render, error.message, final=True)
        else:
            self._not_created(render, error, refused=True)
            learned = learn_from_refusal(error.in_full or error.message)
            if learned:
                field, values = learned
                self.follower.point("learn values")
                self.follower.ledger.models.learn_values(job.model, field, values)
        kind = Kind.CONTENT_RULES if content else Kind.ORDER_REFUSED
        return self.follower.end(job, RowStatus.FAILED, error.message, kind)

    def _not_created(self, render: Render, error: HiapiError, *, refused: bool) -> None:
        """Gives slot and money back: hiapi certainly made no task of the order."""
        self.follower.point("give slot back")
        renders = self.follower.ledger.renders
        if renders.not_created(render, error.message, refused=refused):
            self.follower.meter.add(Figure.RESERVED_USD, -render.price)

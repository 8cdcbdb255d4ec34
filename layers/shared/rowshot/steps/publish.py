"""Publish: fetches a finished picture, converts it, stores it for good and tells the row."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from rowshot.download import fetch_picture
from rowshot.errors import (
    BadPicture,
    HiapiBusy,
    HiapiDenied,
    HiapiError,
    HiapiRefused,
    PictureError,
    UnsafeAddress,
)
from rowshot.imaging import convert
from rowshot.jobs import DONE, Job, Next
from rowshot.ledger.records import Picture, Render, RenderState
from rowshot.metrics import Figure
from rowshot.statuses import RowStatus
from rowshot.steps import failures
from rowshot.steps.failures import Kind
from rowshot.steps.following import Follower
from rowshot.storage import Media

_OTHERS_WAIT = 3  # while another row stores the same picture
_RETRY_WAIT = 2  # a fresh link may fail for a moment
_PATIENCE = 600.0  # nominal seconds of failing links, after which the run goes on without them
_SILENCE = 45.0  # nominal seconds of failing, after which the row says why it has no picture yet
_LINKLESS = 120.0  # nominal seconds for which a finished task may show no link
_LONGEST_WAIT = 300.0
_BROKEN_PATIENCE = 60.0  # the same for files that arrive whole but are no pictures


@dataclass(frozen=True)
class Publish:
    """The step.

    Args:
        follower: The job's connections.
        media: The published pictures.
        downloads: The client for temporary links; it carries no key.
        allow_loopback: Whether links may lead to this machine (the local engine).
    """

    follower: Follower
    media: Media
    downloads: httpx.Client
    allow_loopback: bool

    def __call__(self, job: Job) -> Next:
        """Publishes the row's picture, once, whoever paid for it. Safe to repeat at any time."""
        renders = self.follower.ledger.renders
        render = renders.get(job.render_id)
        if render is None or render.state in (RenderState.RELEASED, RenderState.CLAIMED):
            return Next("submit", 2)
        if render.state is RenderState.RUNNING:
            return Next("poll", 2)
        stored = self.follower.ledger.pictures.get(job.render_id, job.folder)
        if stored:
            return self._tell(job, render, stored)
        if render.state is RenderState.FAILED:
            return self.follower.fail_with(job, render)
        if render.state is RenderState.PUBLISHED:
            return self._copy(job, render)
        if render.due_at > self.follower.clock.now():
            return Next("publish", _OTHERS_WAIT, "another row is storing the same picture")
        self.follower.point("hold picture")
        if not renders.hold(render, 0):
            return Next("publish", _OTHERS_WAIT)
        uploaded = self.media.find(job.folder, job.render_id)
        if uploaded:  # somebody died between the upload and the record
            return self._tell(job, render, uploaded)
        return self._fetch(job, render)

    def _copy(self, job: Job, render: Render) -> Next:
        found = self.follower.ledger.pictures.any(job.render_id)
        if found is None:
            raise RuntimeError("a published render without a picture")
        folder, picture = found
        self.follower.point("copy picture")
        return self._tell(job, render, self.media.copy(folder, job.folder, job.render_id, picture))

    def _fetch(self, job: Job, render: Render) -> Next:
        expires_at = 0
        try:
            # The link is signed, so it is never kept: the task is asked for a fresh one.
            task = self.follower.hiapi.task(render.task_id)
            expires_at = task.expires_at
            if not task.image_url:
                if self.follower.clock.since(render.succeeded_at) <= _LINKLESS:
                    return self._later(job, render, _RETRY_WAIT * 3, "hiapi shows no link for now")
                return self._gone(job, render, "hiapi's task no longer has a picture.")
            self.follower.point("download")
            data = fetch_picture(
                task.image_url, client=self.downloads, allow_loopback=self.allow_loopback
            )
            converted = convert(data)
        except UnsafeAddress as error:
            if error.looked_up:
                return self._try_again(job, render, error, expires_at)
            return self._gone(job, render, error.message)
        except PictureError as error:
            return self._try_again(job, render, error, expires_at)
        except HiapiBusy as error:
            return self._later(job, render, self.follower.slow_down(error), error.message)
        except HiapiDenied as error:
            reason = error.message
            return self.follower.end(job, RowStatus.FAILED, reason, Kind.KEY_DENIED, awaited=True)
        except HiapiRefused as error:
            if error.status == 404 and self.follower.clock.since(render.succeeded_at) <= _PATIENCE:
                return self._later(job, render, _RETRY_WAIT * 3, error.message)
            return self._gone(job, render, error.message)
        except HiapiError as error:
            return self._later(job, render, _RETRY_WAIT * 3, error.message)
        self.follower.point("store picture")
        return self._tell(job, render, self.media.store(job.folder, job.render_id, converted))

    def _tell(self, job: Job, render: Render, picture: Picture) -> Next:
        self.follower.point("note picture")
        told = self.follower.ledger.pictures.published(
            render,
            job.folder,
            picture,
            row=job.buyer,
            sheet_id=job.memory_sheet,
            row_key=job.memory_key,
            version=job.version,
        )
        if told:
            self.follower.meter.add(Figure.PICTURES_PUBLISHED)
            self.follower.touch(job)
        return DONE

    def _later(self, job: Job, render: Render, wait: float, why: str) -> Next:
        if self.follower.clock.since(render.succeeded_at) > _SILENCE:
            reason = failures.PICTURE_LATE.format(task=render.task_id, why=why)
            self.follower.record(job, RowStatus.PUBLISHING, reason)
        self.follower.point("put picture off")
        self.follower.ledger.renders.release(render, wait)
        return Next("publish", wait, why)

    def _try_again(self, job: Job, render: Render, error: PictureError, expires_at: int) -> Next:
        clock = self.follower.clock
        waited = clock.since(render.succeeded_at)
        broken = isinstance(error, BadPicture) and waited > _BROKEN_PATIENCE
        over = clock.now() > expires_at if expires_at else waited > _PATIENCE
        if over or broken:
            return self._gone(job, render, error.message)
        outcome = self._later(
            job, render, min(_LONGEST_WAIT, _RETRY_WAIT + waited / 4), error.message
        )
        if waited <= _PATIENCE:
            return outcome
        # The run does not wait for it any longer, but as long as the link lives Sweep tries.
        reason = failures.PICTURE_LATE.format(task=render.task_id, why=error.message)
        return self.follower.end(job, RowStatus.FAILED, reason, Kind.PICTURE_LOST, awaited=True)

    def _gone(self, job: Job, render: Render, why: str) -> Next:
        reason = failures.PICTURE_GONE.format(task=render.task_id, why=why)
        self.follower.point("note loss")
        self.follower.ledger.renders.lost(render, reason)
        return self.follower.end(job, RowStatus.FAILED, reason, Kind.PICTURE_LOST)

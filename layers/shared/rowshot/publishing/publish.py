"""What Publish can do: fetch a finished picture, finish it and store it for good, or copy it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from rowshot.deciding.actions import Copy, Fetch
from rowshot.deciding.answers import Answer, NotFetched
from rowshot.deciding.facts import Facts
from rowshot.errors import HiapiError, PictureError
from rowshot.finishing import convert
from rowshot.ledger.jobs import Job, Next
from rowshot.ledger.records import Render
from rowshot.ordering.executor import Connections, Executor, Perform
from rowshot.ordering.hiapi import HiapiClient
from rowshot.publishing.download import fetch_picture
from rowshot.storage import Media
from rowshot.transport.addresses import Endpoint


@dataclass(frozen=True)
class Publish:
    """The step, a row's last.

    Args:
        connections: What Publish is connected to.
        hiapi: The client of the account; the link of a picture is asked for when it is needed.
        media: The published pictures.
        downloads: The client for temporary links; it carries no key.
        simulator: The one server of this machine that links may lead to (on a laptop).
    """

    connections: Connections
    hiapi: HiapiClient
    media: Media
    downloads: httpx.Client
    simulator: Endpoint | None

    def __call__(self, job: Job, execution: str) -> Next:
        """Publishes the row's picture, once, whoever paid for it. Safe to repeat at any time."""
        performers: Mapping[type, Perform] = {Fetch: self._fetch, Copy: self._copy}
        outcome = Executor(self.connections, performers)(job, execution)
        return outcome if outcome.step != "poll" else Next("publish", outcome.wait, outcome.why)

    def put_off(self, job: Job, wait: float) -> None:
        """Lets Dispatch start the row's next execution after a wait; this one ends."""
        # Not before this execution has ended, for which a second is enough.
        self.connections.dispatch.send(run_id=job.run_id, row=job.number, delay=wait, at_least=1)

    def _copy(self, copy: Copy, facts: Facts) -> Answer:
        job = facts.job
        found = self.connections.ledger.pictures.any(job.render_id)
        if found is None:
            raise RuntimeError("a published render without a picture")
        folder, picture = found
        return self.media.copy(folder, job.folder, job.render_id, picture)

    def _fetch(self, fetch: Fetch, facts: Facts) -> Answer:
        job, render = facts.job, facts.render
        held = self.connections.ledger.renders.hold(render) if render else None
        if held is None:
            return None
        # Somebody may have died between the upload and the record.
        return self.media.find(job.folder, job.render_id) or self._download(job, held)

    def _download(self, job: Job, render: Render) -> Answer:
        expires_at = 0
        try:
            # The link is signed, so it is never kept: the task is asked for a fresh one.
            task = self.hiapi.task(render.task_id)
            expires_at = task.expires_at
            if not task.image_url:
                return NotFetched(None)
            data = fetch_picture(task.image_url, client=self.downloads, simulator=self.simulator)
            return self.media.store(job.folder, job.render_id, convert(data))
        except (HiapiError, PictureError) as error:
            return NotFetched(error, expires_at)

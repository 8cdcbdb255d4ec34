"""The origin that serves finished pictures, apart from the API's."""

from __future__ import annotations

import hmac
from collections import OrderedDict
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from .faults import Fault
from .mishaps import Mishaps
from .pictures import Drawing, draw, pixels
from .service import Hiapi
from .tasks import Task
from .wire import Refusal

_KEPT_PICTURES = 8


@dataclass(frozen=True)
class Picture:
    """A picture as it is served."""

    body: bytes
    media_type: str


class Outputs:
    """Draws a picture when it is first asked for; the latest few are kept.

    Args:
        hiapi: The service whose tasks the pictures belong to.
    """

    def __init__(self, hiapi: Hiapi) -> None:
        self._hiapi = hiapi
        self._mishaps = Mishaps(hiapi)
        self._kept: OrderedDict[str, Picture] = OrderedDict()

    def application(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[Route("/outputs/{name}", self._serve, methods=["GET"])],
            exception_handlers={Refusal: _refused},
        )

    async def _serve(self, request: Request) -> Response:
        # No client may send its API key to a host that is not hiapi's own.
        self._hiapi.leaked_keys += "authorization" in request.headers
        wanted, _, kind = request.path_params["name"].rpartition(".")
        task = self._allowed(wanted, request.query_params.get("signature", ""))

        async def act(_: Fault | None) -> Response:
            if kind != "png":
                return PlainTextResponse(f"Notes on {task.id}")
            picture = await self._picture(task)
            now = self._hiapi.now()
            task.downloads += 1
            task.first_download = task.first_download or now
            return Response(picture.body, media_type=picture.media_type)

        return await self._mishaps.around("output", request, task.account, task.prompt, act)

    def _allowed(self, wanted: str, signature: str) -> Task:
        task = self._hiapi.tasks.get(wanted)
        known = hmac.compare_digest(signature.encode(), self._hiapi.signature(wanted).encode())
        now = self._hiapi.now()
        if task is None or not known or not task.done(now):
            raise Refusal(404, "no such object", "NoSuchKey", "xml")
        if now >= self._hiapi.expires(task):
            if self._hiapi.options.expired_as == 403:
                raise Refusal(403, "Request has expired", "AccessDenied", "xml")
            raise Refusal(404, "no such object", "NoSuchKey", "xml")
        return task

    async def _picture(self, task: Task) -> Picture:
        picture = self._kept.get(task.id)
        if picture is None:
            body, media_type = await run_in_threadpool(draw, self._wanted(task), task.fate.flaw)
            picture = Picture(body, media_type)
        self._kept[task.id] = picture
        self._kept.move_to_end(task.id)
        while len(self._kept) > _KEPT_PICTURES:
            self._kept.popitem(last=False)
        return picture

    def _wanted(self, task: Task) -> Drawing:
        model = self._hiapi.catalog.find(task.model)
        values = dict(task.input)
        if model is not None:
            values = {name: model.value(values, name) for name in model.fields}
        width, height = pixels(values, self._hiapi.options.max_edge)
        jpeg = values.get("output_format") in ("jpeg", "jpg")
        return Drawing(task.prompt, width, height, "JPEG" if jpeg else "PNG")


async def _refused(_: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, Refusal):
        raise refusal
    return refusal.response()

"""The pictures of a world: one colour each, so that they are quick and can be told apart."""

from __future__ import annotations

import hashlib
import io

from PIL import Image

from rowshot_simulators.hiapi.outputs import Outputs, Picture
from rowshot_simulators.hiapi.pictures.flaws import spoiled
from rowshot_simulators.hiapi.tasks import Task


def colour_of(prompt: str) -> tuple[int, int, int]:
    """The colour that a prompt's picture has all over, so that pictures can be told apart."""
    digest = hashlib.sha256(prompt.encode()).digest()
    return digest[0], digest[1], digest[2]


class QuickOutputs(Outputs):
    """Draws at once (a thread of its own would be no part of virtual time), in one colour."""

    async def _picture(self, task: Task) -> Picture:
        picture = self._kept.get(task.id)
        if picture is None:
            picture = self._kept[task.id] = self._drawn(task)
        return picture

    def _drawn(self, task: Task) -> Picture:
        def compose() -> Image.Image:
            return Image.new("RGB", (16, 16), colour_of(task.prompt))

        if task.fate.flaw:
            return Picture(*spoiled(task.fate.flaw, compose))
        file = io.BytesIO()
        compose().save(file, "PNG")
        return Picture(file.getvalue(), "image/png")

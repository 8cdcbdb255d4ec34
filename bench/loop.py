"""The peer: the loop that people write today, after hiapi's own guide.

A pool of six threads; each submits, looks every 4 seconds for at most 240, downloads, converts
with Pillow and writes a file. The first exception ends the batch. Runs as a process of its own:

    python -m bench.loop BASE_URL TOKEN SHEET OUT

and prints JSON: ``created``, the Unix second before the first create, and ``files``, by task id
the second at which its file was written.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from PIL import Image

WORKERS = 6
MODEL = "qwen-image-2.0"
Row = dict[str, str]


def render(http: httpx.Client, base_url: str, token: str, row: Row, out: Path) -> tuple[str, float]:
    headers = {"Authorization": f"Bearer {token}"}
    order = {"model": MODEL, "input": {"prompt": row["prompt"], "size": "2048*2048"}}
    answer = http.post(f"{base_url}/v1/tasks", json=order, headers=headers, timeout=60)
    answer.raise_for_status()
    task_id = answer.json()["data"]["taskId"]
    url = await_picture(http, base_url, task_id, headers)
    picture = http.get(url, timeout=60)
    picture.raise_for_status()
    image = Image.open(io.BytesIO(picture.content)).convert("RGB")
    image.save(out / f"{row['slug']}.webp", "WEBP", quality=88, method=6)
    return task_id, time.time()


def await_picture(http: httpx.Client, base_url: str, task_id: str, headers: Row) -> str:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        time.sleep(4)
        answer = http.get(f"{base_url}/v1/tasks/{task_id}", headers=headers, timeout=30)
        answer.raise_for_status()
        task = answer.json()["data"]
        if task["status"] == "success":
            return str(next(each["url"] for each in task["output"] if each["type"] == "image"))
        if task["status"] == "fail":
            raise RuntimeError(f"task {task_id} failed")
    raise TimeoutError(f"task {task_id} took too long")


def main(base_url: str, token: str, sheet: Path, out: Path) -> None:
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    created = time.time()
    # One client for all: making one reads every certificate authority, for each request else.
    with httpx.Client() as http, ThreadPoolExecutor(WORKERS) as pool:
        files = dict(pool.map(lambda row: render(http, base_url, token, row, out), rows))
    print(json.dumps({"created": created, "files": files}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))

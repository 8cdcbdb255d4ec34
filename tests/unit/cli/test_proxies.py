"""A proxy that makes up addresses is mentioned before anything can be ordered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from rowshot_local import proxies
from rowshot_local.cli import main, planning
from rowshot_local.doctor import here
from rowshot_local.doctor.checks import Word
from support.sheets import sheet

KEY = {"HIAPI_TOKEN": "a-key-of-somebody"}


def proxied(host: str, port: int) -> Sequence[str]:
    return ["198.18.0.5"]


def direct(host: str, port: int) -> Sequence[str]:
    return ["93.184.215.14"]


def nowhere(host: str, port: int) -> Sequence[str]:
    raise OSError("no such name")


def test_the_sentence_names_the_host_and_the_address() -> None:
    said = proxies.warning(KEY, proxied)
    assert "(api.hiapi.ai became 198.18.0.5)" in said
    assert proxies.warning({**KEY, "HIAPI_BASE_URL": "https://x.example/v1"}, proxied).count(
        "x.example"
    )


@pytest.mark.parametrize("look_up", [direct, nowhere])
def test_ordinary_networks_are_not_mentioned(look_up: proxies.Resolve) -> None:
    assert proxies.warning(KEY, look_up) == ""


@pytest.mark.parametrize(
    "environment", [{}, {**KEY, "HIAPI_BASE_URL": "http://127.0.0.1:8701"}, {"HIAPI_TOKEN": " "}]
)
def test_where_nothing_can_be_ordered_there_nothing_is_looked_up(
    environment: dict[str, str],
) -> None:
    def never(host: str, port: int) -> Sequence[str]:
        raise AssertionError(host)

    assert proxies.warning(environment, never) == ""


def test_the_doctor_says_so_and_it_is_no_fault() -> None:
    verdict = here.proxy({}, proxied)
    assert verdict.word is Word.NOTE
    assert "198.18.0.5" in verdict.sentence
    assert here.proxy({}, direct).word is Word.OK
    assert here.proxy({"HIAPI_BASE_URL": "http://localhost:1"}, proxied).word is Word.SKIPPED


def test_plan_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HIAPI_TOKEN", "a-key-of-somebody")
    monkeypatch.delenv("HIAPI_BASE_URL", raising=False)
    monkeypatch.setattr(planning, "warning", partial(proxies.warning, look_up=proxied))
    Path("good.csv").write_bytes(sheet(1))
    with pytest.raises(SystemExit):
        main(["plan", "good.csv"])
    assert "Note: A proxy on this machine makes up addresses" in capsys.readouterr().err

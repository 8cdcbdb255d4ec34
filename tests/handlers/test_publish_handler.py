"""What the handler of Publish lets a picture's link lead to."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from rowshot import wiring
from support.deployment import Deployment
from support.template import ROOT

HIAPI, SIMULATOR = "https://api.hiapi.ai", "http://127.0.0.1:8701"


@pytest.mark.parametrize(
    ("base_url", "laptop", "to_this_machine", "through_its_proxy"),
    [
        (SIMULATOR, "true", True, True),
        (HIAPI, "true", False, True),
        (HIAPI, "false", False, False),
        (SIMULATOR, "false", False, False),
    ],
)
def test_only_a_simulators_links_may_lead_to_this_machine(
    base_url: str,
    laptop: str,
    to_this_machine: bool,
    through_its_proxy: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deployed = Deployment(HiapiBaseUrl=base_url, LocalEngine=laptop)
    for name, value in deployed.environment("PublishFunction").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(wiring, "client", lambda service: object())
    spec = importlib.util.spec_from_file_location("publish", ROOT / "functions/publish/publish.py")
    assert spec and spec.loader
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    asked: list[Any] = []
    module.download_client = lambda *place, **proxy: asked.append((place, proxy))

    step = module._step()

    assert asked == [((to_this_machine,), {"behind_proxy": through_its_proxy})]
    assert step.allow_loopback is to_this_machine

"""What the handler of Publish lets a picture's link lead to."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from rowshot import wiring
from support.deployment import Deployment
from support.template import ROOT

HIAPI, SIMULATOR, OUTPUTS = "https://api.hiapi.ai", "http://localhost:8701", "http://127.0.0.1:8702"


@pytest.mark.parametrize(
    ("base_url", "output_url", "laptop", "to_this_machine", "through_its_proxy"),
    [
        (SIMULATOR, OUTPUTS, "true", ("127.0.0.1", 8702), True),
        (SIMULATOR, "", "true", ("localhost", 8701), True),
        (f"{SIMULATOR}/v1", "", "true", ("localhost", 8701), True),
        (HIAPI, "", "true", None, True),
        (HIAPI, OUTPUTS, "true", None, True),
        (HIAPI, "", "false", None, False),
        (SIMULATOR, OUTPUTS, "false", None, False),
        (SIMULATOR, "", "false", None, False),
    ],
)
def test_only_a_simulators_links_may_lead_to_this_machine(
    base_url: str,
    output_url: str,
    laptop: str,
    to_this_machine: tuple[str, int] | None,
    through_its_proxy: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deployed = Deployment(HiapiBaseUrl=base_url, HiapiOutputUrl=output_url, LocalEngine=laptop)
    for name, value in deployed.environment("PublishFunction").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(wiring, "client", lambda service: object())
    spec = importlib.util.spec_from_file_location("publish", ROOT / "functions/publish/publish.py")
    assert spec and spec.loader
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    asked: list[Any] = []
    module.download_client = lambda *own, **proxy: asked.append((own, proxy))

    step = module._step()

    assert asked == [((to_this_machine,), {"behind_proxy": through_its_proxy})]
    assert step.simulator == to_this_machine

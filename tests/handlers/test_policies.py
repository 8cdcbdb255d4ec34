"""What the handlers really ask of AWS is what their policies grant, no less and no more."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

import pytest

from support.deployment import Deployment
from support.policies import Call, grants, made_by_lambda
from support.scenes import scenes

DEPLOYMENT = Deployment(SheetMenu="true")
FUNCTIONS = DEPLOYMENT.functions()
Asked: TypeAlias = dict[str, set[Call]]


@pytest.fixture(scope="module")
def asked() -> Asked:
    """Every call that each function made in all scenes, and those that Lambda makes for it."""
    calls: Asked = {
        function: set(made_by_lambda(DEPLOYMENT, name)) for function, name in FUNCTIONS.items()
    }
    for world in scenes():
        for function, made in world.asked.items():
            calls[function] |= made
    return calls


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_call_is_granted(function: str, asked: Asked) -> None:
    granted = list(grants(DEPLOYMENT, FUNCTIONS[function]))
    assert [
        call for call in asked[function] if not any(each.allows(call) for each in granted)
    ] == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_grant_is_needed(function: str, asked: Asked) -> None:
    granted = grants(DEPLOYMENT, FUNCTIONS[function])
    unused = [
        str(each) for each in granted if not any(each.allows(call) for call in asked[function])
    ]
    assert unused == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_condition_refuses_something(function: str) -> None:
    for grant in grants(DEPLOYMENT, FUNCTIONS[function]):
        for tests in grant.condition.values():
            elsewhere = tuple((key, "elsewhere") for key in tests)
            resource = grant.resource.replace("*", "x")
            for context in (elsewhere, ()):
                assert not grant.allows(Call(grant.action, resource, context)), str(grant)


def test_a_call_that_is_not_granted_is_found() -> None:
    (grant, *_) = grants(DEPLOYMENT, FUNCTIONS["sweep"])
    call = Call(grant.action, grant.resource)
    assert grant.allows(call)
    assert not grant.allows(replace(call, action=f"{call.action}s"))
    assert not grant.allows(replace(call, resource=f"{call.resource}/index/other"))

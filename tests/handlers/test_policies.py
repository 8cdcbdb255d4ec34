"""What the functions really ask of AWS is granted by their policies."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rowshot_local.engine.template import load
from rowshot_local.simulators.hiapi import Fault
from support.options import Options
from support.template import ROOT
from support.world import World, _life

TEMPLATE = load(ROOT / "template.yaml")
VERBS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
CALLS = {
    "dynamodb": {
        "get_item": "dynamodb:GetItem",
        "batch_get_item": "dynamodb:BatchGetItem",
        "put_item": "dynamodb:PutItem",
        "update_item": "dynamodb:UpdateItem",
        "delete_item": "dynamodb:DeleteItem",
        "query": "dynamodb:Query",
    },
    "s3": {
        "put_object": "s3:PutObject",
        "get_object": "s3:GetObject",
        "head_object": "s3:GetObject",
        "paginate": "s3:ListBucket",
    },
    "stepfunctions": {
        "start_execution": "states:StartExecution",
        "describe_execution": "states:DescribeExecution",
    },
}
SHEET = b"slug,prompt\n" + b"".join(b"mug-%d,A mug no. %d\n" % (each, each) for each in range(12))


# Granted, and not asked for in these runs, each for its reason.
ALLOWED = {
    "publish": {
        "dynamodb:Query",  # a picture that another folder has is copied
        "s3:ListBucket",  # without it a missing key answers 403 instead of 404
    },
    "sweep": {
        "dynamodb:PutItem",  # it orders again, and then may stand in the line
        "s3:ListBucket",  # as above
    },
    "finish": {
        "dynamodb:PutItem",  # it writes a live worksheet's layout at the end
        "s3:ListBucket",  # as above
    },
}


def granted(function: str) -> set[str]:
    """The actions that a function's role allows."""
    role = TEMPLATE["Resources"][f"{function.title()}Role"]["Properties"]
    found: set[str] = set()
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            for each in statement.get("Fn::If", [None, statement])[1:]:
                actions = each.get("Action", [])
                found |= {actions} if isinstance(actions, str) else set(actions)
    return found


def listen(world: World, used: dict[str, set[str]]) -> None:
    """Notes from now on which function asks what."""

    def wrap(service: Any, name: str, action: str) -> None:
        call = getattr(service, name)

        def noted(**request: Any) -> Any:
            life = _life.get()
            if life is not None:
                operations = request.get("TransactItems", [])
                verbs = {VERBS[verb] for each in operations for verb in each}
                by_version = {"s3:GetObjectVersion"} if request.get("VersionId") else set()
                used[life.function] |= verbs or by_version or {action}
            return call(**request)

        setattr(service, name, noted)

    for service, calls in CALLS.items():
        for name, action in calls.items():
            wrap(getattr(world, service), name, action)
    wrap(world.dynamodb, "transact_write_items", "")


def test_the_policies_grant_what_is_asked_and_nothing_else() -> None:
    used: dict[str, set[str]] = defaultdict(set)
    faults = (Fault("task", "fail", every=3), Fault("task", "stuck", every=5))
    for options in (Options(in_flight=2), Options(faults=faults, hard_deadline=120.0)):
        with World(options) as world:
            listen(world, used)
            run_id = world.drop(SHEET)
            world.run(until=40)
            world.kill_executions()
            world.run(run_id)
            world.run(world.drop(SHEET, "again.csv"))
    assert set(used) >= {"plan", "submit", "poll", "publish", "finish", "sweep"}
    missing = {name: actions - granted(name) for name, actions in used.items()}
    assert not {name: actions for name, actions in missing.items() if actions}
    for name, actions in used.items():
        kinds = ("dynamodb:", "s3:", "states:")
        unused = {each for each in granted(name) - actions if each.startswith(kinds)}
        assert unused == ALLOWED.get(name, set()), name

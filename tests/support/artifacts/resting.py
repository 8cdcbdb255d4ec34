"""A deployed stack whose own functions rest, so that only those under test act."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rowshot_local.environment import Target
from rowshot_local.local_stack import LocalStack, start_local_stack
from rowshot_simulators.hiapi import SimulatorOptions
from rowshot_simulators.sheets import SheetsSimulator

_TIME_SCALE = 0.02


@contextmanager
def resting_stack(state: Path, sheets: SheetsSimulator) -> Iterator[LocalStack]:
    """Deploys the template beside a Sheets server, seeds the secrets, and quietens it."""
    with start_local_stack(
        state,
        Target(None, "", _TIME_SCALE),
        time_scale=_TIME_SCALE,
        simulator_options=SimulatorOptions(max_edge=96),
        parameters={"SheetsBaseUrl": sheets.base_url},
    ) as local:
        local.engine.client("secretsmanager").put_secret_value(
            SecretId=local.stack.outputs["GoogleServiceAccountSecret"],
            SecretString=json.dumps(sheets.service_account_info()),
        )
        _quieten(local)
        yield local


def _quieten(local: LocalStack) -> None:
    """The sheet's event is taken off the inbox, the machines end at once, the rest is off."""
    outputs, client = local.stack.outputs, local.engine.client
    client("s3").put_bucket_notification_configuration(
        Bucket=outputs["InboxBucket"], NotificationConfiguration={}
    )
    nothing = {"StartAt": "Nothing", "States": {"Nothing": {"Type": "Succeed"}}}
    for machine in ("StateMachine", "FinishMachine"):
        client("stepfunctions").update_state_machine(
            stateMachineArn=outputs[machine], definition=json.dumps(nothing)
        )
    for rule in client("events").list_rules()["Rules"]:
        client("events").disable_rule(Name=rule["Name"])
    for mapping in client("lambda").list_event_source_mappings()["EventSourceMappings"]:
        client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)

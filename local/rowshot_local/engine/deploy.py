"""What ``sam deploy`` does, for the local engine."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rowshot_local.engine import stacks
from rowshot_local.engine import template as templates
from rowshot_local.engine.connection import Connection
from rowshot_local.engine.errors import DeployFailed
from rowshot_local.engine.folder import CODE_BUCKET
from rowshot_local.engine.packaging import Artifacts, package, with_bytecode
from rowshot_local.engine.verify import verify

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef
    from mypy_boto3_s3.type_defs import CreateBucketRequestTypeDef

# A stack's tag: the checksum of all that it was deployed from.
FINGERPRINT = "rowshot-fingerprint"
# A stack in one of these holds nothing and can only be deleted.
_EMPTY = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "REVIEW_IN_PROGRESS"}


def deploy(
    engine: Connection,
    template_path: Path,
    stack: str,
    parameters: Mapping[str, str],
    *,
    seconds: float = stacks.DEPLOY_SECONDS,
) -> dict[str, str]:
    """Makes a stack what a SAM template and its code say, and checks that it is.

    Does nothing when template, code and parameters are those of the last time.

    Args:
        engine: A running engine.
        template_path: The template; local paths in it start at its folder.
        stack: The stack's name.
        parameters: Values of the template's parameters.
        seconds: How long it may take.

    Returns:
        The stack's outputs.

    Raises:
        DeployFailed: The message names what failed and why.
    """
    template = templates.load(template_path)
    _check_parameters(template, parameters)
    artifacts = package(template, template_path.resolve().parent, CODE_BUCKET)
    fingerprint = _fingerprint(template, parameters)
    found = stacks.find(engine, stack)
    if found is not None and found["StackStatus"] in _EMPTY:
        stacks.delete_stack(engine, stack, seconds=seconds)
        found = None
    if found is None or not _unchanged(found, fingerprint):
        _upload(engine, artifacts)
        body = json.dumps(template)
        tags = {FINGERPRINT: fingerprint}
        if found is None:
            found = _create(engine, stack, body, parameters, tags, seconds)
        else:
            found = stacks.change(
                engine, stack, "UPDATE", body, parameters=parameters, tags=tags, seconds=seconds
            )
        missing = sorted(set(artifacts.objects) - _keys(engine, artifacts.bucket))
        if missing:
            raise DeployFailed(f"Code of the stack {stack} was not stored: {', '.join(missing)}.")
    verify(engine, stack)
    return stacks.outputs_of(found)


def _create(
    engine: Connection,
    stack: str,
    body: str,
    parameters: Mapping[str, str],
    tags: Mapping[str, str],
    seconds: float,
) -> StackTypeDef:
    """A new stack, which adopts its buckets when they outlived an earlier one."""
    try:
        return stacks.change(
            engine, stack, "CREATE", body, parameters=parameters, tags=tags, seconds=seconds
        )
    except DeployFailed:
        kept = stacks.orphaned_buckets(engine, stack)
        if not kept:
            raise
    stacks.delete_stack(engine, stack, seconds=seconds)
    buckets = {
        logical: {
            "Type": "AWS::S3::Bucket",
            "DeletionPolicy": "Retain",
            "Properties": {"BucketName": name},
        }
        for logical, name in kept.items()
    }
    imports = [
        {
            "ResourceType": "AWS::S3::Bucket",
            "LogicalResourceId": logical,
            "ResourceIdentifier": {"BucketName": name},
        }
        for logical, name in kept.items()
    ]
    stacks.change(
        engine,
        stack,
        "IMPORT",
        json.dumps({"Resources": buckets}),
        imports=imports,
        seconds=seconds,
    )
    return stacks.change(
        engine, stack, "UPDATE", body, parameters=parameters, tags=tags, seconds=seconds
    )


def _check_parameters(template: templates.Template, parameters: Mapping[str, str]) -> None:
    unknown = sorted(set(parameters) - set(template.get("Parameters", {})))
    if unknown:
        raise DeployFailed(f"The template has no parameter {', '.join(unknown)}.")


def _fingerprint(template: templates.Template, parameters: Mapping[str, str]) -> str:
    """Of everything that a deployment depends on; code is in the template by its checksum."""
    text = json.dumps([template, dict(parameters)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _unchanged(found: StackTypeDef, fingerprint: str) -> bool:
    return stacks.complete(found) and {"Key": FINGERPRINT, "Value": fingerprint} in found["Tags"]


def _upload(engine: Connection, artifacts: Artifacts) -> None:
    s3 = engine.client("s3")
    place: CreateBucketRequestTypeDef = {"Bucket": artifacts.bucket}
    if engine.region != "us-east-1":
        place["CreateBucketConfiguration"] = {"LocationConstraint": engine.region}  # type: ignore[typeddict-item]
    # It is there already after an earlier deployment, and after a lost state too.
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(**place)
    there = _keys(engine, artifacts.bucket)
    for key, body in artifacts.objects.items():
        if key not in there:
            stored = with_bytecode(body) if key.endswith(".zip") else body
            s3.put_object(Bucket=artifacts.bucket, Key=key, Body=stored)


def _keys(engine: Connection, bucket: str) -> set[str]:
    pages = engine.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {found["Key"] for page in pages for found in page.get("Contents", [])}

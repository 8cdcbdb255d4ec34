"""Brings lost items back from a restored table into the ledger; what is there stays as it is.

Usage: ``.venv/bin/python tools/restore_ledger.py --from OLD-restored --to OLD [--dry-run]``

With ``--overwrite`` everything is put back as it was then, also what is there.

Account and region are the shell's, as for the AWS command line. The runbook says when.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rowshot_local.account import AccountUnavailable, session

_AT_ONCE = 100  # keys of one BatchGetItem (AWS quota)


@dataclass
class Restored:
    """What was found.

    Args:
        lost: Items that the ledger lacked; they are in it now, unless it was a dry run.
        standing: Items that it has, whatever they say.
    """

    lost: int = 0
    standing: int = 0


def restore(
    client: Any, source: str, target: str, *, dry_run: bool = False, overwrite: bool = False
) -> Restored:
    """Copies what is missing. It may be repeated, and go on while others write.

    Args:
        client: A boto3 DynamoDB client.
        source: The restored table's name.
        target: The ledger's.
        dry_run: True to count only.
        overwrite: True to copy what is not missing too.
    """
    found = Restored()
    for items in _pages(client, source):
        standing = _standing(client, target, [_key(item) for item in items])
        for item in items:
            lost = _name(item) not in standing
            if not dry_run and (lost or overwrite):
                lost = _put(client, target, item, overwrite=overwrite) and lost
            found.lost += lost
            found.standing += not lost
    return found


def _pages(client: Any, table: str) -> Iterator[Sequence[dict[str, Any]]]:
    request: dict[str, Any] = {"TableName": table, "ConsistentRead": True, "Limit": _AT_ONCE}
    while True:
        page = client.scan(**request)
        if page["Items"]:
            yield page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _standing(client: Any, table: str, keys: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Those of the keys under which there is an item: a write that is refused costs more."""
    found = set()
    wanted = {table: {"Keys": keys, "ConsistentRead": True, "ProjectionExpression": "pk, sk"}}
    while wanted:
        answer = client.batch_get_item(RequestItems=wanted)
        found |= {_name(item) for item in answer["Responses"].get(table, [])}
        wanted = answer.get("UnprocessedKeys", {})
    return found


def _put(client: Any, table: str, item: dict[str, Any], *, overwrite: bool) -> bool:
    """Puts an item; False where somebody else has just written one that is to stay."""
    condition = {} if overwrite else {"ConditionExpression": "attribute_not_exists(pk)"}
    try:
        client.put_item(TableName=table, Item=item, **condition)
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def _key(item: dict[str, Any]) -> dict[str, Any]:
    return {"pk": item["pk"], "sk": item["sk"]}


def _name(item: dict[str, Any]) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])  # type: ignore[union-attr]
    parser.add_argument("--from", dest="source", required=True, help="the restored table")
    parser.add_argument("--to", dest="target", required=True, help="the stack's LedgerTable")
    parser.add_argument("--overwrite", action="store_true", help="also what is not missing")
    parser.add_argument("--dry-run", action="store_true", help="count only, and write nothing")
    chosen = parser.parse_args()
    if chosen.source == chosen.target:
        parser.error("--from and --to name the same table.")
    return chosen


def said(found: Restored, chosen: argparse.Namespace) -> str:
    """What was found and done, for whoever follows the runbook."""
    would = "would be" if chosen.dry_run else "were"
    standing = f"{would} overwritten" if chosen.overwrite else f"{would} left as they are"
    return (
        f"{found.lost:,} lost items {would} copied into {chosen.target}; "
        f"{found.standing:,} that it has {standing}."
    )


def main() -> int:
    """Prints what was copied; 1 when something was not, for the command may be repeated."""
    chosen = _chosen()
    try:
        client = session().client("dynamodb")
        found = restore(
            client,
            chosen.source,
            chosen.target,
            dry_run=chosen.dry_run,
            overwrite=chosen.overwrite,
        )
    except AccountUnavailable as error:
        print(error.message, file=sys.stderr)
        return 2
    except (ClientError, BotoCoreError) as error:
        print(
            f"Not everything was copied: {error}. Run the command again to go on.", file=sys.stderr
        )
        return 1
    print(said(found, chosen))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""A second, independent DynamoDB, dynalite from npm: it refuses expressions as AWS does."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3

from support import template

TABLE = "ledger"
_SERVER = template.ROOT / "tools" / "node_modules" / "dynalite"
# Its own command would listen on every address. It ends with our end of the pipe.
_START = """
const server = require(process.argv[1])({ createTableMs: 0 })
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('end', () => process.exit()).resume()
"""


def why_not() -> str:
    """Why it cannot run here, empty when it can."""
    if shutil.which("node") is None:
        return "There is no node here. Install Node.js to try every expression on dynalite."
    if not _SERVER.exists():
        return "dynalite is not installed. Run `make tools/node_modules/.installed`."
    return ""


@contextmanager
def dynalite() -> Iterator[Any]:
    """A client of a fresh dynalite that has the template's table, called ``TABLE``."""
    node = shutil.which("node") or "node"
    with subprocess.Popen(
        [node, "-e", _START, str(_SERVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            port = int(server.stdout.readline()) if server.stdout else 0
            client: Any = boto3.client(
                "dynamodb",
                region_name="eu-west-1",
                endpoint_url=f"http://127.0.0.1:{port}",
                aws_access_key_id="none",
                aws_secret_access_key="none",
            )
            table = template.properties("LedgerTable")
            wanted = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
            client.create_table(
                TableName=TABLE, **{name: table[name] for name in wanted if name in table}
            )
            client.get_waiter("table_exists").wait(
                TableName=TABLE, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
            )
            yield client
        finally:
            server.terminate()

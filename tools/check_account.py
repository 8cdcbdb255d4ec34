"""Says where ``make deploy`` would deploy, before anything is built, or why it cannot.

Usage: ``.venv/bin/python tools/check_account.py ENVIRONMENT``
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

from rowshot_local.account import AccountUnavailable, session, signed_in

SETTINGS = Path(__file__).resolve().parents[1] / "samconfig.toml"


def chosen(settings: dict[str, Any], environment: str, name: str) -> str:
    """What ``samconfig.toml`` says for a deployment; the command's own table counts first."""
    tables = settings[environment]
    for command in ("deploy", "global"):
        found = tables.get(command, {}).get("parameters", {}).get(name)
        if found:
            return str(found)
    return ""


def where(settings: dict[str, Any], environment: str) -> str:
    """The sentence that says what will be deployed where.

    Raises:
        AccountUnavailable: It cannot be; the message says what to do.
    """
    environments = [name for name, value in settings.items() if isinstance(value, dict)]
    if environment not in environments:
        raise AccountUnavailable(
            f"samconfig.toml has no environment '{environment}': it has {', '.join(environments)}."
        )
    used = session(chosen(settings, environment, "region"))
    identity = signed_in(used)
    stack = chosen(settings, environment, "stack_name")
    return (
        f"Deploying the stack '{stack}' to account {identity.account} in {used.region_name}, as "
        f"{identity.arn}."
    )


def main() -> int:
    """Prints the sentence; 2 when nothing can be deployed."""
    try:
        print(where(tomllib.loads(SETTINGS.read_text("utf-8")), sys.argv[1]))
    except AccountUnavailable as error:
        print(error.message, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

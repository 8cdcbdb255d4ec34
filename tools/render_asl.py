"""Fills in the state machines' substitutions, so that a validator can read them as JSON.

Usage: python tools/render_asl.py TEMPLATE FOLDER
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from rowshot_local.engine.template import load, resources

# What the deployed values look like: a validator checks ARNs by their form.
_SAMPLES = {
    "Arn": "arn:aws:lambda:us-east-1:123456789012:function:sample",
    "Partition": "aws",
}


def render(machine: dict[str, Any], root: Path) -> dict[str, Any]:
    """A machine's definition with a plausible value for each substitution.

    Args:
        machine: The properties of an ``AWS::Serverless::StateMachine``.
        root: The folder of its template.

    Raises:
        ValueError: A substitution is used but not defined, or the result is no JSON.
    """
    text = (root / machine["DefinitionUri"]).read_text(encoding="utf-8")

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in machine["DefinitionSubstitutions"]:
            raise ValueError(f"{machine['DefinitionUri']} uses ${{{name}}}, which is not defined.")
        return next((text for end, text in _SAMPLES.items() if name.endswith(end)), "1")

    definition: dict[str, Any] = json.loads(re.sub(r"\$\{(\w+)\}", value, text))
    return definition


def main() -> None:
    """Writes every definition of the template into the folder named."""
    template, folder = map(Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    for _, resource in resources(load(template), "AWS::Serverless::StateMachine"):
        machine = resource["Properties"]
        target = folder / Path(machine["DefinitionUri"]).name
        target.write_text(json.dumps(render(machine, template.parent), indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Fills in the state machine's substitutions, so that a validator can read it as JSON.

Usage: python tools/render_asl.py TEMPLATE OUT
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


def render(template_file: Path) -> dict[str, Any]:
    """The machine's definition with a plausible value for each substitution.

    Raises:
        ValueError: A substitution is used but not defined, or the result is no JSON.
    """
    template = load(template_file)
    ((_, resource),) = resources(template, "AWS::Serverless::StateMachine")
    machine = resource["Properties"]
    text = (template_file.parent / machine["DefinitionUri"]).read_text(encoding="utf-8")

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in machine["DefinitionSubstitutions"]:
            raise ValueError(f"{machine['DefinitionUri']} uses ${{{name}}}, which is not defined.")
        return next((text for end, text in _SAMPLES.items() if name.endswith(end)), "1")

    definition: dict[str, Any] = json.loads(re.sub(r"\$\{(\w+)\}", value, text))
    return definition


def main() -> None:
    """Writes the definition to the file named."""
    source, target = map(Path, sys.argv[1:])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(render(source), indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()

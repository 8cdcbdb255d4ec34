"""Runs bandit, taking the reasons that stand in the code for both linters.

ruff's S rules are bandit's under the same numbers, so a line that says ``# noqa: S311 - jitter``
has answered bandit's B311 as well. Such a line must give its reason.

Usage: python tools/audit_code.py FOLDER...
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[1]
_NOQA = re.compile(r"#\s*noqa:\s*([A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)(.*)$")


def _findings(folders: list[str]) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", "--format", "json"]
    command += ["--configfile", "pyproject.toml", *folders]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=_ROOT, check=False)
    report = json.loads(answer.stdout)
    if report["errors"]:
        raise SystemExit(f"bandit could not read: {report['errors']}")
    found: list[dict[str, Any]] = report["results"]
    return found


def _answered(finding: dict[str, Any]) -> bool:
    lines = Path(_ROOT, finding["filename"]).read_text(encoding="utf-8").splitlines()
    rule = finding["test_id"].replace("B", "S", 1)
    for number in finding["line_range"]:
        match = _NOQA.search(lines[number - 1])
        if match and rule in re.split(r"\s*,\s*", match[1]):
            return True
    return False


def _reason(beside: str, above: str) -> bool:
    """Whether the text beside a suppression, or a comment on the line above it, says why."""
    return len(beside.strip(" -:#")) >= 4 or above.lstrip().startswith("# ")


def _without_reason(folders: list[str]) -> list[str]:
    tracked = subprocess.run(
        ["git", "ls-files", *(f"{folder}/*.py" for folder in folders)],
        capture_output=True,
        text=True,
        cwd=_ROOT,
        check=True,
    ).stdout.splitlines()
    bare = []
    for name in tracked:
        path = _ROOT / name
        if not path.is_file():
            continue
        above = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = _NOQA.search(line)
            if match and re.search(r"\bS\d", match[1]) and not _reason(match[2], above):
                bare.append(f"{name}:{number}: {match[0]} gives no reason")
            above = line
    return bare


def main() -> int:
    """Prints every finding without an answer; returns 1 when there is one."""
    findings = _findings(sys.argv[1:])
    opened = [each for each in findings if not _answered(each)]
    for each in opened:
        print(f"{each['filename']}:{each['line_number']}: {each['test_id']} {each['issue_text']}")
    bare = _without_reason(sys.argv[1:])
    print("\n".join(bare))
    if not opened and not bare:
        print(f"bandit: nothing open; {len(findings)} findings are answered where they stand.")
    return 1 if opened or bare else 0


if __name__ == "__main__":
    sys.exit(main())

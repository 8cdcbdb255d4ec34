"""Whatever a person can mend ends as one plain sentence on stderr, and exit code 2."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rowshot_local.cli import main
from support.sheets import sheet

CASES = {
    "run missing.csv": "There is no file missing.csv: check its name.",
    "run .": ". is a folder: name the sheet's file.",
    "plan empty.csv": "empty.csv is empty: export the sheet again, with its header row.",
    "plan photo.csv": "photo.csv is a picture",
    "plan letter.csv": "No column tells the rows apart",
    "drop letter.csv --stack x": "No column tells the rows apart",
    "run": "Missing argument 'SHEET'. See 'rowshot run --help'.",
    "plan good.csv more.csv": "unexpected extra argument",
    "plan good.csv --nonsense": "No such option: --nonsense",
    "render good.csv": "No such command 'render'. See 'rowshot --help'.",
    "run good.csv --max-usd much": "'much' is not an amount in US dollars: give 0 or more",
    "run good.csv --max-usd -1": "'-1' is not an amount in US dollars: give 0 or more",
    "run good.csv --first 0": "'--first'",
    "run good.csv --time-scale 11": "'--time-scale'",
    "run good.csv --live": "--live needs a key: set HIAPI_TOKEN to your hiapi key.",
    f"run good.csv --spreadsheet {'x' * 44}": "needs GOOGLE_SERVICE_ACCOUNT_FILE",
    "run good.csv --spreadsheet my-sheet": "between '/d/' and '/edit'",
    "drop good.csv": "Missing option '--stack'.",
    "drop good.csv --stack x": "No AWS region is chosen",
    "status --stack x": "No AWS region is chosen",
    "models --stack x": "No AWS region is chosen",
    "doctor --stack x": "No AWS region is chosen",
    "doctor --live": "--live needs a key: set HIAPI_TOKEN to your hiapi key.",
    "cancel 0123456789abcdef": "There is nothing in .rowshot yet: run a sheet first",
    "status": "There is nothing in .rowshot yet: run a sheet first",
    "resume 0123456789abcdef": "There is nothing in .rowshot yet: run a sheet first",
    "watch 0123456789abcdef": "There is nothing in .rowshot yet: no run has been started there.",
    "recipes show portrait": "There is no recipe 'portrait': use packshot, lifestyle, variants,",
}
UNENCRYPTED = (
    "HIAPI_BASE_URL must begin with https://, because your key would cross the network "
    "unencrypted; http:// is for servers on this machine only."
)
SERVERS = {
    ("http://127.0.0.1:9", ""): "HIAPI_BASE_URL needs a key: set HIAPI_TOKEN to your hiapi key.",
    ("ftp://x", "key"): "HIAPI_BASE_URL must begin with http:// or https://, not 'ftp://x'.",
    ("http://hiapi.example/v1", "key"): UNENCRYPTED,
    ("http://127.0.0.1@hiapi.example", "key"): UNENCRYPTED,
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a few files, and an environment that names no server and no account."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("AWS_", "HIAPI_", "GOOGLE_")):
            monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "no-such-file"))
    (tmp_path / "good.csv").write_bytes(sheet(2))
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "photo.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (tmp_path / "letter.csv").write_bytes(b"Dear Ana,\nhow are you?\n")
    return tmp_path


def stopped(arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    assert ended.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    (sentence,) = err.strip().splitlines()
    return sentence


@pytest.mark.parametrize(("arguments", "words"), CASES.items(), ids=CASES)
def test_one_sentence(
    arguments: str, words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in stopped(arguments, capsys)
    assert not (folder / ".rowshot").exists()


@pytest.mark.parametrize(("server", "words"), SERVERS.items())
def test_a_server_that_cannot_be_used(
    server: tuple[str, str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HIAPI_BASE_URL", server[0])
    monkeypatch.setenv("HIAPI_TOKEN", server[1])
    assert stopped("run good.csv", capsys) == words


def test_help_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 0
    assert "rowshot [OPTIONS] COMMAND" in capsys.readouterr().out

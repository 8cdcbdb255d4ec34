"""Saves a workbook with a password through LibreOffice's bridge; run by Debian's own Python.

Usage: with_password.py SOURCE TARGET
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

FILTERS = {".xls": "MS Excel 97", ".ods": "calc8"}


def value(name, content):
    """One property."""
    made = PropertyValue()
    made.Name, made.Value = name, content
    return made


def connect(pipe):
    """The desktop of the office behind a pipe, once it answers."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    for _ in range(100):
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return remote.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", remote
            )
        except NoConnectException:
            time.sleep(0.3)
    raise SystemExit("LibreOffice does not answer")


def main():
    """Convert."""
    source, target = map(Path, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        pipe = Path(folder).name
        office = subprocess.Popen(
            ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile",
             f"--accept=pipe,name={pipe};urp;"]
        )  # fmt: skip
        desktop = connect(pipe)
        try:
            save(desktop, source, target)
        finally:
            desktop.terminate()
            office.wait(30)


def save(desktop, source, target):
    """Open the source and store it with a password."""
    book = desktop.loadComponentFromURL(source.as_uri(), "_blank", 0, (value("Hidden", True),))
    book.storeToURL(
        target.as_uri(),
        (value("FilterName", FILTERS[target.suffix]), value("Password", "secret")),
    )
    book.close(True)


main()

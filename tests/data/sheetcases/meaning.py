"""What people mean by headers, ticks, placeholders and columns of their shop."""

from __future__ import annotations

from sheetcases.plans import Case, invalid, plan, ready
from sheetcases.texts import text


def unclear(value: str, column: str = "redo") -> str:
    return (f"'{column}' must say yes, no, or in a few words what you want to see, and the cell "
            f"says {value}.")


CASES = [
    Case("redo-too-short.csv",
         text("slug,prompt,redo\na,Jar,ok\nb,Jar,3\nc,Jar,na\nd,Jar,NA\ne,Jar,更亮\n"),
         plan(invalid(2, "a", unclear("'ok'")), invalid(3, "b", unclear("'3'")),
              invalid(4, "c", unclear("'na'")), ready(5, "d", "Jar"),
              ready(6, "e", "Jar", redo="更亮"))),
]  # fmt: skip

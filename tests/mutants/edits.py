"""All the ways in which one small edit may spoil a module, found in its syntax tree."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
_SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_ENUMS = ("RenderState", "RowStatus", "RunStatus", "Reason", "NoRoom")
_DROPPED = (
    "add awaited delete discard missing parked probe refused remove replay set spread unsent "
    "wait watched when"
).split()
"""Keyword arguments that may be left out without an error of Python's."""
_CONDITIONS = [  # of DynamoDB, in strings
    (re.compile(r"attribute_not_exists"), "attribute_exists"),
    (re.compile(r"attribute_exists"), "attribute_not_exists"),
    (re.compile(r" <= "), " < "),
    (re.compile(r" < "), " <= "),
    (re.compile(r" AND "), " OR "),
    (re.compile(r" OR "), " AND "),
]


@dataclass(frozen=True)
class Edit:
    """One edit of a module's text.

    Args:
        line: Where, from 1.
        before: What stands there.
        after: What is planted instead.
        start: Offset of the first byte in the UTF-8 text.
        end: Offset behind the last one.
    """

    line: int
    before: str
    after: str
    start: int
    end: int

    def apply(self, text: str) -> str:
        """The module's text with the edit in it."""
        raw = text.encode()
        return (raw[: self.start] + self.after.encode() + raw[self.end :]).decode()

    @property
    def words(self) -> str:
        """The edit in one line."""
        return f"{self.line}: {_short(self.before)}  ⟶  {_short(self.after)}"


def edits(text: str) -> list[Edit]:
    """Every edit of a module's text, in the order of its lines."""
    lines = [0]
    for line in text.encode().splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    found: dict[tuple[int, int, str], Edit] = {}
    for node, after in _everywhere(ast.parse(text)):
        start = lines[node.lineno - 1] + node.col_offset
        end = lines[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        before = text.encode()[start:end].decode()
        if _is_other(before, after):
            found[start, end, after] = Edit(node.lineno, before, after, start, end)
    return [found[key] for key in sorted(found)]


def _everywhere(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    for node in _code(tree):
        if isinstance(node, ast.expr):
            for changed in _expressions(node):
                yield node, f"({ast.unparse(changed)})"
        elif isinstance(node, ast.Expr | ast.AugAssign):
            yield node, "pass"
        elif isinstance(node, ast.If):
            yield node.test, f"(not ({ast.unparse(node.test)}))"


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """What does something: no types, docstrings, decorators, messages or classes of constants."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases", "exc", "cause"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _says_only(child):
                yield child
                yield from _code(child)


def _says_only(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr):
        return True
    if isinstance(node, ast.ClassDef):
        return any(isinstance(each, ast.Name) and "Enum" in each.id for each in node.bases)
    if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
        return True
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Callable":
        return True
    if isinstance(node, ast.FunctionDef):
        return node.name == "__repr__"
    if isinstance(node, ast.Expr):
        spoken = isinstance(node.value, ast.Constant)
        return spoken or ast.unparse(node).startswith(("logger.", "logging."))
    return False


def _expressions(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(ops=[op]):
            yield _with(node, ops=[_COMPARED[type(op)]()])
        case ast.BoolOp(values=values):
            for left in _without_one(values):
                yield _with(node, values=left) if len(left) > 1 else left[0]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.IfExp():
            yield _with(node, body=node.orelse, orelse=node.body)
        case ast.BinOp(op=op) if type(op) in _COUNTED:
            yield _with(node, op=_COUNTED[type(op)]())
        case ast.Constant(value=value):
            yield from (ast.Constant(other) for other in _other(value))
        case ast.Attribute(value=ast.Name(id=enum)) if enum in _ENUMS:
            yield _with(node, attr=_next_member(enum, node.attr))
        case ast.List(elts=elts) | ast.Set(elts=elts):
            yield from (_with(node, elts=left) for left in _without_one(elts))
        case ast.Tuple(elts=elts) if isinstance(node.ctx, ast.Load):
            yield from (_with(node, elts=left) for left in _without_one(elts))
        case ast.Dict():
            for at in range(len(node.keys)):
                keys, values = list(node.keys), list(node.values)
                del keys[at], values[at]
                yield _with(node, keys=keys, values=values)
        case ast.Call(func=ast.Name(id=name)) if name in _SWAPPED:
            yield _with(node, func=ast.Name(_SWAPPED[name]))
        case ast.Call(keywords=keywords):
            for each in keywords:
                if each.arg in _DROPPED:
                    yield _with(node, keywords=[other for other in keywords if other is not each])


def _other(value: object) -> Iterator[object]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, float):
        yield value * 2 or 1.0
    elif isinstance(value, str) and ("#" in value or "attribute_" in value):
        for pattern, other in _CONDITIONS:
            if pattern.search(value):
                yield pattern.sub(other, value, count=1)


def _next_member(enum: str, name: str) -> str:
    """The member that stands behind another one in its class; the first behind the last."""
    from rowshot.deciding import answers, reasons
    from rowshot.ledger import records

    owner = next(each for each in (reasons, records, answers) if hasattr(each, enum))
    members = list(getattr(owner, enum).__members__)
    return members[(members.index(name) + 1) % len(members)] if name in members else name


def _without_one(values: list[ast.expr]) -> Iterator[list[ast.expr]]:
    for at in range(len(values)):
        yield [*values[:at], *values[at + 1 :]]


def _with(node: ast.expr, **fields: object) -> ast.expr:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _is_other(before: str, after: str) -> bool:
    try:
        return ast.dump(ast.parse(f"({before})")) != ast.dump(ast.parse(f"({after})"))
    except SyntaxError:
        return True


def _short(text: str, longest: int = 90) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[:longest]}…"

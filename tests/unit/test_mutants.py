"""The small mistakes that ``make mutants`` plants."""

from __future__ import annotations

import ast

import pytest

from mutants.edits import edits
from mutants.trial import CORE, ROOT
from mutants.where import TESTS


def planted(text: str) -> set[str]:
    return {edit.apply(text) for edit in edits(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a > b", {"(a >= b)"}),
        ("a is b", {"(a is not b)"}),
        ("a and b and c", {"(b and c)", "(a and c)", "(a and b)"}),
        ("a or b", {"(a)", "(b)"}),
        ("not a", {"(a)"}),
        ("a + b", {"(a - b)"}),
        ("min(a, b)", {"(max(a, b))"}),
        ("[a, b]", {"([a])", "([b])"}),
        ("{'a': b}", {"({})"}),
        ("a if b else c", {"(c if b else a)"}),
        ("f(a, when=b)", {"(f(a))"}),
        ("f(a, given=b)", set()),
        ("True", {"(False)"}),
        ("7", {"(8)"}),
        ("2.0", {"(4.0)"}),
        ("'a sentence'", set()),
        ("'#a <= :b'", {"('#a < :b')"}),
        ("RenderState.CLAIMED", {"(RenderState.RUNNING)"}),
        ("RenderState.RELEASED", {"(RenderState.CLAIMED)"}),
        ("f'{7}'", set()),
    ],
)
def test_an_expression_is_spoilt_in_every_way(text: str, expected: set[str]) -> None:
    assert planted(f"x = {text}\n") == {f"x = {after}\n" for after in expected}


def test_statements_are_left_out_and_conditions_turned_round() -> None:
    text = "if a:\n    f()\n    b += c\n"
    assert planted(text) == {
        "if (not (a)):\n    f()\n    b += c\n",
        "if a:\n    pass\n    b += c\n",
        "if a:\n    f()\n    pass\n",
    }


def test_words_for_readers_are_left_alone() -> None:
    text = '"""Says 7."""\nimport x\n\n\ndef f(a: int | None) -> None:\n    raise E(7)\n'
    assert planted(text) == set()


def test_letters_beyond_ascii_do_not_shift_an_edit() -> None:
    assert planted("x = '审核'; y = 1\n") == {"x = '审核'; y = (2)\n"}


@pytest.mark.parametrize("module", TESTS)
def test_an_edit_is_another_program(module: str) -> None:
    text = (CORE / module).read_text("utf-8")
    standing, found = ast.dump(ast.parse(text)), edits(text)
    assert len(found) > 20
    for edit in found[::20]:
        assert ast.dump(ast.parse(edit.apply(text))) != standing, edit.words


def test_every_test_that_is_asked_exists() -> None:
    asked = {each.split("::")[0] for tests in TESTS.values() for each in tests}
    assert [each for each in sorted(asked) if not (ROOT / each).exists()] == []

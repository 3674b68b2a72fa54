"""The table of faults names tests that exist: who looks one up finds it."""

import ast
import re

import pytest

from tests.services import ROOT

TABLE = (ROOT / "docs" / "faults.md").read_text()
NAMED = re.findall(r"`([\w/]+\.py)::([\w:]+)`", TABLE)


def named_in(path: str) -> set[str]:
    """The tests of a file, those of a class with its name before theirs."""
    found = set()
    for node in ast.parse((ROOT / "tests" / path).read_text()).body:
        names = [node.name] if isinstance(node, ast.FunctionDef) else []
        if isinstance(node, ast.ClassDef):
            names = [f"{node.name}::{item.name}" for item in node.body if isinstance(item, ast.FunctionDef)]
        found |= set(names)
    return found


def test_every_fault_has_its_test() -> None:
    lines = [line for line in TABLE.splitlines() if line.startswith("|") and not line.startswith(("|---", "| Fault"))]

    assert len(lines) == len(NAMED) > 80


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED}))
def test_every_named_test_exists(path: str) -> None:
    assert {name for file, name in NAMED if file == path} - named_in(path) == set()

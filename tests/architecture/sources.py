"""The project's files and their syntax trees, read once."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = {".git", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv", "__pycache__", "var"}
FLOORS = ("accounts", "notifications", "grants", "payments", "reviews", "config")


@cache
def committed() -> tuple[Path, ...]:
    """Return every file of the project: those git knows, or all when this is no clone."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [p for p in ROOT.rglob("*") if not MADE & set(p.relative_to(ROOT).parts) and p.suffix != ".mo"]
    return tuple(path for path in paths if path.is_file())


def texts() -> Iterator[tuple[str, str]]:
    """Yield name and content of each committed text file."""
    for path in committed():
        try:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


@cache
def product() -> tuple[tuple[str, ast.Module], ...]:
    """Return name and tree of each module of the product, without migrations."""
    names = [path.relative_to(ROOT) for path in committed() if path.suffix == ".py"]
    wanted = [name for name in names if name.parts[0] in FLOORS and "migrations" not in name.parts]
    return tuple((str(name), ast.parse((ROOT / name).read_text(encoding="utf-8"))) for name in wanted)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield every call in a tree."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def dotted(node: ast.AST) -> str:
    """Return ``a.b.c`` for attributes of a name, with ``()`` for calls between; else what is at its end."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{dotted(node.func)}()"
    return "?"


def imported_names(tree: ast.Module) -> set[str]:
    """Return the names that imports bind in a module."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return found


def place(name: str, node: ast.AST) -> str:
    """Return ``file:line`` for a message."""
    return f"{name}:{getattr(node, 'lineno', 0)}"

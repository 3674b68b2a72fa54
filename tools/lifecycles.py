"""`python -m tools.lifecycles`: draws the life cycles of the code into docs/lifecycles.md; a test holds them equal."""

import os
from collections.abc import Iterator
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/lifecycles.md"
HEAD = """# Life cycles

Generated from the code by `python -m tools.lifecycles`; a test refuses a page that is not up to date. Every
arrow is one transition; only `accounts.audit.perform` walks it, after asking who may. Who acts stands in the
`permission` of each transition, the conditions of the whole step in the action that calls it.
"""


def machines() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Return each machine with its arrows (from, to, transition), in the order of the states."""
    from django.apps import apps  # noqa: PLC0415 - models exist only after setup

    from accounts.models import Machine  # noqa: PLC0415

    for model in sorted(apps.get_models(), key=lambda model: model.__name__):
        if issubclass(model, Machine):
            field = model.state.field
            arrows = {(str(t.source), str(t.target), t.name) for t in field.get_all_transitions(model)}
            yield model.__name__, sorted(arrows)


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for name, arrows in machines():
        lines = "\n".join(f"    {source} --> {target}: {transition}" for source, target, transition in arrows)
        parts.append(f"## {name}\n\n```mermaid\nstateDiagram-v2\n{lines}\n```\n")
    return "\n".join(parts)


def main() -> None:
    """Write the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()

"""What is new since the last version."""

from typing import Any

import pytest

from grants import changes
from grants.snapshots import snapshot
from tests.factories import make_application
from tests.grants.factories import make_attachment

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


def test_nothing_new() -> None:
    now = snapshot(make_application())

    found = changes.since(now, now)

    assert (found.changed, found.files) == ((), ())
    assert len(found.same) == 6


def test_an_empty_entry_that_the_form_did_not_have_is_nothing_new() -> None:
    now: dict[str, Any] = snapshot(make_application(executing_unit=""))
    older = now | {"fields": {name: value for name, value in now["fields"].items() if name != "executing_unit"}}

    assert changes.since(older, now).changed == ()


def test_a_row_shows_what_stood_there_and_a_file_its_name() -> None:
    application = make_application(aims="Alt")
    before = snapshot(application)
    application.aims = "Neu"
    make_attachment(application, name="neu.pdf")

    found = changes.since(before, snapshot(application))

    (part,) = found.changed
    assert [(row.value, row.was) for row in part.rows if row.was is not None] == [("Neu", "Alt")]
    assert found.files == ("neu.pdf",)


def test_a_plan_shows_only_what_changed_in_it() -> None:
    before: dict[str, Any] = snapshot(make_application(requested_cents=80_000))
    line = before["cost_lines"][0]
    after = before | {"cost_lines": [line | {"label": "Honorar", "amount_cents": 5_000}, line | {"label": "Miete"}]}
    after["cost_lines"].append(line)

    (part,) = changes.since(before, after).changed

    assert [line.label for line in part.new] == ["Honorar", "Miete"]
    assert part.gone == ()
    assert len(part.tables) == 1
    (back,) = changes.since(after, before).changed
    assert [line.label for line in back.gone] == ["Honorar", "Miete"]

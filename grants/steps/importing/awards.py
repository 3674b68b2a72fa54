"""Former awards from a list: written once, and corrected by a newer one."""

from collections.abc import Sequence
from typing import Any, Final

from accounts import audit, bulk
from accounts.models import User
from grants.imports.checking import Entry, Values
from grants.imports.organisations import Known
from grants.models import FormerAward, Import

_TOLD: Final = (
    "budget_year", "organisation_name", "register_number", "city", "title", "municipality", "amount_cents", "private",
    "publish",
)  # fmt: skip


def write_awards(batch: Import, entries: Sequence[Entry]) -> int:
    """Write the former awards of a fund that the caller has locked; return how many."""
    known = Known(batch.fund)
    made = [
        FormerAward(fund=batch.fund, batch=batch, key=entry.key, digest=entry.digest, **_fields(entry.values, known))
        for entry in entries
    ]
    for award in made:
        award.index()
    return bulk.write(made)


def correct_awards(batch: Import, changed: Sequence[tuple[Entry, int]], *, by: User) -> int:
    """Take over what a newer list says of former awards; return how many. What was there stands in the history."""
    known = Known(batch.fund)
    awards = FormerAward.objects.in_bulk([pk for _entry, pk in changed])
    for entry, pk in changed:
        award, fields = awards[pk], _fields(entry.values, known)
        before = {name: getattr(award, name) for name in _TOLD if getattr(award, name) != fields[name]}
        for name, value in {**fields, "digest": entry.digest, "batch": batch}.items():
            setattr(award, name, value)
        award.save()
        data = {"before": before, "after": {name: fields[name] for name in before}, "row": entry.row}
        audit.record("correct_former_award", award, by=by, data=data)
    return len(changed)


def _fields(values: Values, known: Known) -> dict[str, Any]:
    private: bool = values["private"]
    return {
        "budget_year": values["budget_year"],
        "organisation_name": values["organisation"],
        "organisation_id": known.find(values, private=private),
        "register_number": values["register_number"] or "",
        "city": values["city"] or "",
        "title": values["title"],
        "municipality": values["municipality"] or "",
        "amount_cents": values["amount_cents"],
        "private": private,
        # Without a word of theirs nobody but an organisation is named (GDPR Art. 6 (1) (a)).
        "publish": not private if values["publish"] is None else values["publish"],
    }

"""Compares the rows of a list with what there is: new, the same as before, changed, or impossible."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import QuerySet

from accounts.models import Fund, User
from accounts.permissions import forget_memberships, memberships_of
from accounts.text import register_key, search_key
from grants.imports.checking import BY_CONTENT, Entry, Problem
from grants.imports.words import CHANGED
from grants.models import Application, FormerAward, Import, ImportedCase
from grants.states import ImportKind

# Few enough for one statement on every database.
_BATCH: Final = 500


@dataclass
class Compared:
    """What an import would do.

    Attributes:
        new: rows that were never imported.
        changed: rows that were, with other content, and the record they became.
        same: how many were, with this content.
        problems: what makes rows impossible.
    """

    new: list[Entry] = field(default_factory=list)
    changed: list[tuple[Entry, int]] = field(default_factory=list)
    same: int = 0
    problems: list[Problem] = field(default_factory=list)

    def told(self) -> list[Problem]:
        """Return the changed rows as they are named beside the errors."""
        return [Problem(entry.row, "organisation", CHANGED, _name(entry)) for entry, _pk in self.changed]


def compare(batch: Import, entries: Iterable[Entry], *, by: User) -> Compared:
    """Compare rows with what was imported before, and with the cases there are.

    Args:
        batch: whose rows they are.
        entries: rows that are sound in themselves.
        by: who imports; nobody records an application of the own organisation.
    """
    before = _before(batch)
    by_content = {digest for digest, _pk in before.values()}
    unnumbered = {digest for key, (digest, _pk) in before.items() if key.startswith(BY_CONTENT)}
    found = Compared()
    for entry in entries:
        known = before.get(entry.key)
        if known is None and _is_known_by_content(entry, by_content, unnumbered):
            found.same += 1
        elif known is None:
            found.new.append(entry)
        elif known[0] == entry.digest:
            found.same += 1
        else:
            found.changed.append((entry, known[1]))
    if batch.kind == ImportKind.APPLICATIONS:
        found.problems += [*_taken(found.new), *_own(found.new, by)]
    return found


def _is_known_by_content(entry: Entry, by_content: set[str], unnumbered: set[str]) -> bool:
    """A list that was imported without its column of numbers, and now has one, or the other way round."""
    return entry.digest in (by_content if entry.key.startswith(BY_CONTENT) else unnumbered)


def _before(batch: Import) -> dict[str, tuple[str, int]]:
    """Return what was imported before: key → digest and record."""
    rows: QuerySet[Any, Any]
    if batch.kind == ImportKind.AWARDS:
        rows = FormerAward.objects.filter(fund=batch.fund_id).values_list("key", "digest", "pk")
    else:
        rows = ImportedCase.objects.filter(round=batch.round_id).values_list("key", "digest", "application")
    return {key: (digest, pk) for key, digest, pk in rows.order_by().iterator()}


def _taken(entries: list[Entry]) -> Iterator[Problem]:
    """Yield case numbers that cannot be kept: another case has them, or the counter of a fund will come to them."""
    prefixes = "|".join(re.escape(prefix) for prefix in Fund.objects.order_by().values_list("case_prefix", flat=True))
    counted = re.compile(rf"(?:{prefixes})-[0-9]{{4}}-[0-9]{{4,}}", re.IGNORECASE)
    wanted = [entry for entry in entries if entry.values["case_number"]]
    taken = _cases_with([entry.values["case_number"] for entry in wanted])
    for entry in wanted:
        number = entry.values["case_number"]
        if number in taken:
            yield Problem(entry.row, "case_number", "case_taken", number)
        elif counted.fullmatch(number):
            yield Problem(entry.row, "case_number", "case_reserved", number)


def _cases_with(numbers: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(numbers), _BATCH):
        rows = Application.objects.filter(case_number__in=numbers[start : start + _BATCH]).order_by()
        found |= {number for number in rows.values_list("case_number", flat=True) if number}
    return found


def _own(entries: list[Entry], by: User) -> Iterator[Problem]:
    """Yield the rows of organisations for which the person acts: roles exclude each other."""
    forget_memberships(by)
    own = [membership.organisation for membership in memberships_of(by)]
    names = {search_key(organisation.name) for organisation in own}
    registers = {register_key(organisation.register_number) for organisation in own} - {""}
    for entry in entries:
        values = entry.values
        if search_key(values["organisation"]) in names or register_key(values["register_number"] or "") in registers:
            yield Problem(entry.row, "organisation", "own", _name(entry))


def _name(entry: Entry) -> str:
    return str(entry.values["organisation"])[:80]

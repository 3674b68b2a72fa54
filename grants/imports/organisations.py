"""Which organisation a row means: one that has applied to the same fund, beyond doubt, or none."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from accounts.models import Fund, Organisation
from accounts.states import OrganisationKind
from accounts.text import register_key, search_key
from grants.models import Application

#: Of two people with one name nobody knows which is meant.
PRIVATE: Final = (OrganisationKind.PERSON.value, OrganisationKind.INITIATIVE.value)


class Known:
    """The organisations that have applied to a fund; those of other funds are nobody's business here."""

    def __init__(self, fund: Fund) -> None:
        self._by_register: dict[str, set[int]] = defaultdict(set)
        self._by_name: dict[str, set[int]] = defaultdict(set)
        applied = Application.objects.filter(fund=fund, submitted_at__isnull=False).order_by()
        rows = Organisation.objects.filter(pk__in=applied.values("organisation")).exclude(kind__in=PRIVATE)
        for pk, *told in rows.order_by("pk").values_list("pk", "register_key", "register_court", "name", "city"):
            self._note(pk, *told)

    def add(self, organisation: Organisation) -> None:
        """Know one that was just entered."""
        if organisation.kind not in PRIVATE:
            register = register_key(organisation.register_number)
            self._note(organisation.pk, register, organisation.register_court, organisation.name, organisation.city)

    def _note(self, pk: int, register: str, court: str, name: str, city: str) -> None:
        if register:
            self._by_register[_at(register, court)].add(pk)
        if name and city:
            self._by_name[search_key(name, city)].add(pk)

    def find(self, values: Mapping[str, Any], *, private: bool) -> int | None:
        """Return the one organisation with this register number and court, else with this name and town."""
        if private:
            return None
        register = register_key(values.get("register_number") or "")
        by_register = (
            self._by_register.get(_at(register, values.get("register_court") or ""), set()) if register else ()
        )
        if len(by_register) == 1:
            return next(iter(by_register))
        if by_register or not values.get("city"):
            return None
        by_name = self._by_name.get(search_key(values["organisation"], values["city"]), set())
        return next(iter(by_name)) if len(by_name) == 1 else None


def _at(register: str, court: str) -> str:
    words = (word for word in search_key(court).split() if word not in ("amtsgericht", "ag", "registergericht"))
    return f"{register} {' '.join(words)}"

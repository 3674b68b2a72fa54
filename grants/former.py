"""What a fund granted before this program kept its books: for everybody's list, and beside a case for its officer."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Fund, Organisation, Person
from accounts.permissions import fund_ids
from accounts.text import register_key, search_key
from grants.models import Application, FormerAward
from grants.permissions import CASE_READERS

SHOWN: Final = 20
_SAME, _NAME, _REGISTER, _TITLE = (
    _("same organisation"),
    _("same name"),
    _("same register number"),
    _("same title"),
)


def told(fund: Fund) -> QuerySet[FormerAward]:
    """Return what everybody may know of: organisations that are published, and all private people, named or not."""
    return FormerAward.objects.filter(Q(publish=True) | Q(private=True), fund=fund)


def named(awards: QuerySet[FormerAward]) -> QuerySet[FormerAward]:
    """Return those that are told with a name, newest first."""
    return awards.filter(publish=True).order_by("-budget_year", "-pk")


@dataclass(frozen=True)
class Earlier:
    """A former award and what it has in common with a case."""

    award: FormerAward
    grounds: tuple[str | Promise, ...]


@dataclass(frozen=True)
class EarlierAwards:
    """Former awards beside a case, newest first; `more`: there are others that are not listed."""

    awards: tuple[Earlier, ...]
    more: bool


def beside(application: Application, person: Person) -> EarlierAwards:
    """Return the former awards of the same organisation, or of a project of the same title (one query).

    Args:
        application: a sent case, with its organisation.
        person: whose funds are searched, no others.
    """
    funds = fund_ids(person, *CASE_READERS)
    rows = FormerAward.objects.filter(_alike(application)).select_related("fund")
    mine = rows if funds is None else rows.filter(fund__in=funds)
    found = list(mine.order_by("-budget_year", "-pk")[: SHOWN + 1])
    return EarlierAwards(tuple(Earlier(one, _grounds(one, application)) for one in found[:SHOWN]), len(found) > SHOWN)


def _alike(application: Application) -> Q:
    organisation = application.organisation
    alike = Q(title_key=application.title_key) if application.title_key else Q(pk=None)
    if organisation is None:
        return alike
    alike |= Q(organisation=organisation) | Q(name_key=search_key(organisation.name)[:200])
    return alike | Q(register_key=organisation.register_key) if organisation.register_key else alike


def _grounds(award: FormerAward, application: Application) -> tuple[str | Promise, ...]:
    found: list[str | Promise] = []
    if application.organisation is not None:
        found += _ground_of(award, application.organisation)
    if award.title_key == application.title_key:
        found.append(_TITLE)
    return tuple(found)


def _ground_of(award: FormerAward, organisation: Organisation) -> list[Any]:
    if award.organisation_id == organisation.pk:
        return [_SAME]
    if award.register_key and award.register_key == register_key(organisation.register_number):
        return [_REGISTER]
    return [_NAME] if award.name_key == search_key(organisation.name)[:200] else []

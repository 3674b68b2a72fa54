"""Cases that may be the same project twice: a note beside a case for its officer, never a reason by itself.

Whoever applies twice for the same costs has to say so (VV 1.4 to § 44 LHO); what was not said is found by the same
organisation, register number, bank account or a similar title, over all years and all funds of the reader. Titles are
compared beforehand by the scheduler, for a hundred thousand of them would keep a page waiting.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz, process

from accounts.models import BankAccount, Organisation, Person
from accounts.text import search_key
from grants import office
from grants.models import Application, SimilarTitle
from grants.states import UNSENT, FundingKind, FundingState

# From 0 to 100. Two titles of four words that differ in one of them lie above, two that share one of them below.
ALIKE: Final = 80.0
# Beyond that a title says too little to tell anything.
PAIRS_AT_MOST: Final = 30
# Shorter ones, as "Fest", are alike by chance.
_SIGNS_AT_LEAST: Final = 6
_BATCH: Final = 200
SHOWN: Final = 20

_SMALL_WORDS: Final = frozenset(
    search_key(
        "der die das den dem des ein eine einer einem und oder für mit in im am an auf aus bei von vom zu zum zur "
        "nach über unter wir uns unser unsere projekt the a an and or for with in on at of to our project"
    ).split()
)


def essence(title_key: str) -> str:
    """Return the words of a title that tell projects apart, in order of the alphabet: no small words, no years."""
    words = re.findall(r"\w+", title_key)
    return " ".join(sorted(word for word in words if word not in _SMALL_WORDS and not word.isdecimal()))


def compare_new_titles() -> int:
    """Compare the titles that nobody has compared yet with those of all sent cases; return how many they were.

    A case that is killed in between is compared again. One whose title changed loses the pairs of the old one.
    """
    new = list(
        Application.objects.exclude(state__in=UNSENT)
        .exclude(title_compared=F("title_key"))
        .order_by("pk")
        .values_list("pk", "title_key")[:_BATCH]
    )
    if not new:
        return 0
    sent = Application.objects.exclude(state__in=UNSENT).order_by().values_list("pk", "title_key")
    titles = {pk: essence(key) for pk, key in sent.iterator()}
    for pk, key in new:
        _note(pk, key, _alike(pk, essence(key), titles))
    return len(new)


def _alike(pk: int, title: str, titles: dict[int, str]) -> list[tuple[int, int]]:
    """Return the cases with similar titles and how similar they are (percent), the most similar ones first."""
    if len(title) < _SIGNS_AT_LEAST:
        return []
    found = process.extract(title, titles, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=PAIRS_AT_MOST + 1)
    return [(other, int(score)) for _title, score, other in found if other != pk][:PAIRS_AT_MOST]


@transaction.atomic
def _note(pk: int, title_key: str, alike: Iterable[tuple[int, int]]) -> None:
    SimilarTitle.objects.filter(Q(application=pk) | Q(earlier=pk)).delete()
    pairs = [
        SimilarTitle(application_id=max(pk, other), earlier_id=min(pk, other), percent=percent)
        for other, percent in alike
    ]
    SimilarTitle.objects.bulk_create(pairs, ignore_conflicts=True)
    # A title that changed meanwhile is compared in the next turn.
    Application.objects.filter(pk=pk, title_key=title_key).update(title_compared=title_key)


@dataclass(frozen=True)
class Related:
    """Another case and what it has in common with the one in question."""

    case: Application
    grounds: tuple[str | Promise, ...]


@dataclass(frozen=True)
class Neighbours:
    """Cases of one organisation or one project, newest first; `more`: there are others that are not listed."""

    cases: tuple[Related, ...]
    more: bool


@dataclass(frozen=True)
class Funder:
    """Other public money that the applicant named."""

    name: str
    status: str
    amount_cents: int


def declared_funders(data: dict[str, Any]) -> tuple[Funder, ...]:
    """Return the other public funders that a sent version names."""
    lines = [line for line in data["funding_lines"] if line["kind"] == FundingKind.PUBLIC]
    return tuple(Funder(line["label"], str(FundingState(line["status"]).label), line["amount_cents"]) for line in lines)


def neighbours_of(application: Application, person: Person) -> Neighbours:
    """Return the cases that the person may read and that may be the same project again (three queries).

    Args:
        application: a sent case, with its organisation.
        person: whose funds are searched; a case of another fund's office is not even counted.
    """
    percents = _similar(application)
    organisations = _organisations_like(application.organisation)
    related = Q(organisation__in=organisations) | Q(pk__in=percents)
    cases = office.cases_of(person).filter(related).exclude(pk=application.pk)
    rows = list(cases.select_related("round", "organisation").order_by("-submitted_at", "-pk")[: SHOWN + 1])
    found = tuple(Related(case, _grounds(case, organisations, percents)) for case in rows[:SHOWN])
    return Neighbours(found, more=len(rows) > SHOWN)


def _similar(application: Application) -> dict[int, int]:
    """Return the cases whose titles are like this one's, with their likeness in percent."""
    own = Q(application=application.pk) | Q(earlier=application.pk)
    pairs = SimilarTitle.objects.filter(own).values_list("application_id", "earlier_id", "percent")
    return {later if earlier == application.pk else earlier: percent for later, earlier, percent in pairs}


_SAME, _REGISTER, _ACCOUNT = _("same organisation"), _("same register number"), _("same bank account")


def _organisations_like(organisation: Organisation | None) -> dict[int, Promise]:
    """Return the organisation itself and those that share its register number or a bank account, with the ground."""
    if organisation is None:
        return {}
    own = BankAccount.objects.filter(organisation=organisation).values("iban_fingerprint")
    holders = BankAccount.objects.filter(iban_fingerprint__in=own).order_by()
    numbered = Organisation.objects.exclude(register_key="").filter(register_key=organisation.register_key).order_by()
    court = _court(organisation.register_court)
    found: dict[int, Promise] = {}
    for pk, holds_account, register_court in holders.values_list("organisation_id", Value(1), Value("")).union(
        numbered.values_list("pk", Value(0), "register_court")
    ):
        if holds_account:
            found.setdefault(pk, _ACCOUNT)
        elif not court or _court(register_court) in ("", court):
            found[pk] = _REGISTER
    return found | {organisation.pk: _SAME}


def _court(name: str) -> str:
    """Return the place of a register court: "Amtsgericht Hannover" and "AG Hannover" are one."""
    return " ".join(word for word in search_key(name).split() if word not in ("amtsgericht", "ag", "registergericht"))


def _grounds(
    case: Application, organisations: dict[int, Promise], percents: dict[int, int]
) -> tuple[str | Promise, ...]:
    found: list[str | Promise] = []
    if case.organisation_id in organisations:
        found.append(organisations[case.organisation_id])
    if case.pk in percents:
        found.append(_("title alike by %(percent)s %%") % {"percent": percents[case.pk]})
    return tuple(found)

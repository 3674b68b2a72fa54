"""What happened in a fund, for the feed that everybody may read: rounds that open or end, and awards."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.clock import berlin_day
from accounts.days import instant_long
from accounts.models import Fund
from grants.models import Round
from grants.queries import public_rounds
from grants.states import RoundState
from notifications.dates import end_of_berlin_day
from payments.queries.published import announced

#: Entries of the feed, the newest first.
MOST: Final = 30


@dataclass(frozen=True)
class News:
    """One entry; `key` names it for good, `path` leads to its page."""

    key: str
    title: str
    text: str
    at: datetime
    path: str


def news(fund: Fund, now: datetime) -> list[News]:
    """Return the newest entries of a fund (two queries)."""
    rounds = list(public_rounds().filter(fund=fund).order_by("-opens_at", "-pk")[:MOST])
    found = [*(one for round_ in rounds for one in _of_round(round_, now)), *_of_awards(fund, rounds, now)]
    return sorted(found, key=lambda one: (one.at, one.key), reverse=True)[:MOST]


def _of_round(round_: Round, now: datetime) -> Iterator[News]:
    path = reverse("grants:call", args=[round_.fund.slug, round_.slug])
    if round_.state == RoundState.PUBLISHED or round_.opens_at > now:
        return
    told = _("Applications can be sent until %(deadline)s.") % {"deadline": instant_long(round_.deadline_at)}
    title = _("Open for applications: %(round)s") % {"round": round_.name}
    yield News(f"round-{round_.pk}-open", title, told, round_.opens_at, path)
    if round_.deadline_at < now:
        title = _("The deadline is over: %(round)s") % {"round": round_.name}
        text = _("What was sent in time is now checked and scored.")
        yield News(f"round-{round_.pk}-closed", title, text, round_.deadline_at, path)


def _of_awards(fund: Fund, rounds: list[Round], now: datetime) -> Iterator[News]:
    known = {round_.pk: round_ for round_ in rounds}
    grouped = announced(fund, berlin_day(now)).order_by().values_list("application__round")
    for pk, count, last in grouped.annotate(count=Count("pk"), last=Max("letter__announced_on")):
        round_ = known.get(pk)
        if round_ is None or last is None:
            continue
        title = _("Funded projects: %(round)s") % {"round": round_.name}
        text = _("Projects in the public list of this round: %(count)s") % {"count": count}
        path = reverse("payments:published", args=[fund.slug])
        # A later letter moves the entry on: readers show it as changed.
        yield News(f"round-{pk}-awards", title, text, min(end_of_berlin_day(last), now), path)

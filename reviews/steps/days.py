"""Days that people enter: what happened lies not after today, and not before what had to come first."""

from datetime import date

from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from grants.models import Round
from reviews.exceptions import DayOutOfPlace
from reviews.models import JurySession, PaperItem

_FUTURE = _("This day is still to come. Enter the day on which it happened.")


def check_session_day(round: Round, held_on: date, *, today: date) -> None:
    """A session is held after the one before. Raises: DayOutOfPlace."""
    _check(
        held_on, today, _latest_session(round), _("The jury has met on %(day)s already. Enter that day or a later one.")
    )


def check_paper_day(round: Round, paper_date: date, *, today: date) -> None:
    """A paper follows the jury's session. Raises: DayOutOfPlace."""
    _check(paper_date, today, _latest_session(round), _("The jury met on %(day)s. Enter that day or a later one."))


def check_decision_day(item: PaperItem | None, before: date | None, decided_on: date, *, today: date) -> None:
    """A body decides after the paper was made and after the body `before`. Raises: DayOutOfPlace."""
    paper_date = item.paper.paper_date if item else None
    _check(decided_on, today, paper_date, _("The paper is of %(day)s. Enter that day or a later one."))
    _check(decided_on, today, before, _("The body before decided on %(day)s. Enter that day or a later one."))


def _latest_session(round: Round) -> date | None:
    last: date | None = JurySession.objects.filter(round=round).aggregate(last=Max("held_on"))["last"]
    return last


def _check(day: date, today: date, before: date | None, too_early: StrPromise) -> None:
    if day > today:
        raise DayOutOfPlace(_FUTURE)
    if before is not None and day < before:
        raise DayOutOfPlace(too_early, before)

"""The dates of a round's year in their order, from the first day to apply to the day on which money can come.

Pure: the day of today is passed in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.money import format_cents
from grants.bodies import meeting_text
from grants.models import Round
from grants.states import RoundState as S
from notifications.dates import berlin_day, deemed_announced, final_on

#: Days that signing and releasing all letters of a round take after the last committee; an experience, no rule.
LETTERS_TAKE: Final = 14
# A month to sue (VwGO § 74), counted as its longest.
_MONTH: Final = 31

_JURY_DONE: Final = (S.COMMITTEE, S.DECIDED, S.RUNNING, S.ARCHIVED)
_ALL_DECIDED: Final = (S.DECIDED, S.RUNNING, S.ARCHIVED)
_LETTERS_OUT: Final = (S.RUNNING, S.ARCHIVED)


@dataclass(frozen=True)
class YearDate:
    """One point of the line; made for `components/year_line.html`.

    Attributes:
        title: what happens.
        phase: done, now (what comes next) or next.
        at: the instant, where one is fixed.
        on: the day, where only that is known.
        about: the day is an estimate.
        text: a sentence.
        german: the title is the fund's own word, in German whatever the page's language.
        done_in: states of the round in which this lies behind, whatever day was set.
        key: names the date within its round.
    """

    title: str
    phase: str = "next"
    at: datetime | None = None
    on: date | None = None
    about: bool = False
    text: str = ""
    german: bool = False
    done_in: Sequence[str] = ()
    key: str = ""

    @property
    def day(self) -> date | None:
        """The Berlin day, if one is known."""
        return berlin_day(self.at) if self.at else self.on


def year(round_: Round, now: datetime) -> list[YearDate]:
    """Return the line of a round's dates.

    Args:
        round_: with its settings; the days of the sessions may still be open.
        now: the moment of the page.
    """
    dates = list(_dates(round_))
    behind = [place for place, one in enumerate(dates) if _is_behind(one, round_, now)]
    now_at = behind[-1] + 1 if behind else 0
    return [
        replace(one, phase="done" if place < now_at else "now" if place == now_at else "next")
        for place, one in enumerate(dates)
    ]


def _is_behind(one: YearDate, round_: Round, now: datetime) -> bool:
    if round_.state in one.done_in:
        return True
    if one.at is not None:
        return one.at < now
    return one.on is not None and not one.about and one.on < berlin_day(now)


def _dates(round_: Round) -> Iterator[YearDate]:
    yield YearDate(_("Applications open"), at=round_.opens_at, key="opens")
    yield YearDate(_("Last moment to apply"), at=round_.deadline_at, key="deadline")
    if round_.jury_size:
        text = _("It has read and scored every application by then, and proposes what is to be funded.")
        yield YearDate(_("Session of the jury"), on=round_.jury_on, text=text, done_in=_JURY_DONE, key="jury")
    yield from _committees(round_)
    yield from _letters_and_money(round_)


def _committees(round_: Round) -> Iterator[YearDate]:
    for place, body in enumerate(round_.committee_chain, start=1):
        does = _("It decides.") if body.get("decides") else _("It gives a recommendation.")
        text = " ".join(part for part in (does, _where(body)) if part)
        on = date.fromisoformat(body["on"]) if body.get("on") else None
        key = f"committee-{place}"
        yield YearDate(str(body["body"]), on=on, text=text, german=True, done_in=_ALL_DECIDED, key=key)


def _where(body: Mapping[str, Any]) -> str:
    """Return when and where a public session is; time and place of one that is not public concern nobody."""
    told = meeting_text(body) if body.get("public") else ""
    return _("The session: %(told)s.") % {"told": told} if told else ""


def _letters_and_money(round_: Round) -> Iterator[YearDate]:
    sent = letters_day(round_)
    final = final_on(deemed_announced(sent, round_.deemed_days)) if sent else None
    told = _("All letters of the round are sent together.")
    yield YearDate(_("The letters are sent"), on=sent, about=True, text=told, done_in=_LETTERS_OUT)
    when = _("When the award is final, about %(weeks)s weeks after the letter.") % {"weeks": weeks_to_money(round_)}
    sooner = _("Sooner if you waive the right to sue.") if round_.waiver else ""
    yield YearDate(
        _("The money can come"), on=final, about=True, text=f"{when} {sooner}".strip(), done_in=(S.ARCHIVED,)
    )


def letters_day(round_: Round) -> date | None:
    """Return about when the letters go out: some days after the last session, once all sessions have their day."""
    days = [body.get("on") for body in round_.committee_chain]
    if round_.jury_size:
        days.append(round_.jury_on.isoformat() if round_.jury_on else None)
    if not days or not all(days):
        return None
    return max(date.fromisoformat(str(day)) for day in days) + timedelta(days=LETTERS_TAKE)


def weeks_to_money(round_: Round) -> int:
    """Return about how many weeks lie between a posted letter and the day on which money can be requested."""
    return round((round_.deemed_days + _MONTH) / 7)


def small_projects(round_: Round) -> str:
    """Return how small projects go another way; empty where the round knows none."""
    if not round_.fast_track_max_cents:
        return ""
    words = _(
        "Small projects up to %(amount)s do not wait for jury and committees: our office decides as soon as your"
        " papers are complete. The money can come about %(weeks)s weeks after the letter."
    )
    return words % {"amount": format_cents(round_.fast_track_max_cents), "weeks": weeks_to_money(round_)}

"""What an applicant reads about the case: a plain text for each state, and a timeline with who acts by when.

An inner result is never shown before its letter is announced, unless the round tells results early.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.clock import berlin_day
from grants.models import Application, Round
from grants.states import ApplicationState as S
from grants.states import RoundState
from notifications.dates import three_months_after

_CHECKING: Final = gettext_lazy("We are checking your application")
_FOLLOWS: Final = gettext_lazy("Decided – the letter follows")
_SCORING: Final = gettext_lazy("The jury is scoring")

# `applicant_view` of the table of labels.
_WORDS: Final[dict[str, str | Promise]] = {
    S.DRAFT: gettext_lazy("Draft – not sent yet"),
    S.DISCARDED: gettext_lazy("Deleted"),
    S.SUBMITTED: gettext_lazy("Received"),
    S.FORMAL_CHECK: _CHECKING,
    S.RETURNED: gettext_lazy("Please add something (mind the deadline)"),
    S.INELIGIBLE: _CHECKING,
    S.ELIGIBLE: gettext_lazy("Formally checked – waits for the jury"),
    S.FAST_TRACK: gettext_lazy("We are deciding on your small project"),
    S.IN_REVIEW: _SCORING,
    S.REVIEWED: _SCORING,
    S.RANKED: gettext_lazy("The jury has met – the committees still decide"),
    S.IN_COMMITTEE: gettext_lazy("The committees decide"),
    S.RESERVE_LISTED: _FOLLOWS,
    S.APPROVED: _FOLLOWS,
    S.PLAN_REVISION: gettext_lazy("Please adjust your cost plan (mind the deadline)"),
    S.AWARDED: _FOLLOWS,
    S.DECLINED: _FOLLOWS,
    S.REJECTED: _FOLLOWS,
    S.WITHDRAWN: gettext_lazy("Withdrawn"),
}
_AFTER_ANNOUNCEMENT: Final[dict[str, str | Promise]] = {
    S.AWARDED: gettext_lazy("Granted"),
    S.REJECTED: gettext_lazy("Rejected"),
}
# What a round with `notify_decision` tells before the letter.
_EARLY: Final[dict[str, str | Promise]] = {
    S.APPROVED: gettext_lazy("A grant was decided – the letter follows"),
    S.AWARDED: gettext_lazy("A grant was decided – the letter follows"),
    S.RESERVE_LISTED: gettext_lazy("On the reserve list"),
    S.DECLINED: gettext_lazy("Not funded – the letter follows"),
    S.REJECTED: gettext_lazy("Not funded – the letter follows"),
}
# Tones of the badge; a tone must not tell more than the words.
_TONES: Final[dict[str, str]] = {
    S.DRAFT: "neutral",
    S.RETURNED: "warning",
    S.PLAN_REVISION: "warning",
    S.WITHDRAWN: "neutral",
}
_DECIDED: Final = (S.RESERVE_LISTED, S.APPROVED, S.PLAN_REVISION, S.AWARDED, S.DECLINED, S.REJECTED)
_ROUND_WORDS: Final[dict[str, str | Promise]] = {
    RoundState.DRAFT: "",
    RoundState.PUBLISHED: gettext_lazy("Starts soon"),
    RoundState.OPEN: gettext_lazy("You can apply now"),
    RoundState.CLOSED: gettext_lazy("The deadline is over"),
    RoundState.SCORING: gettext_lazy("The jury is reading the applications"),
    RoundState.JURY: gettext_lazy("The jury is in session"),
    RoundState.COMMITTEE: gettext_lazy("The committees decide"),
    RoundState.DECIDED: gettext_lazy("The letters are being sent"),
    RoundState.RUNNING: gettext_lazy("The projects are running"),
    RoundState.ARCHIVED: gettext_lazy("Closed"),
}


@dataclass(frozen=True)
class TimelineItem:
    """One step of a case as its applicant sees it; made for `components/timeline.html`.

    Attributes:
        title: what.
        phase: done, now or next.
        at: when it happened.
        due_at, due_date: by when it must happen.
        who: who acts.
        text: a sentence.
        href, link: the page where something is to be done.
    """

    title: str
    phase: str
    at: datetime | None = None
    due_at: datetime | None = None
    due_date: date | None = None
    who: str = ""
    text: str = ""
    href: str = ""
    link: str = ""


def words(application: Application, *, announced: bool) -> str:
    """Return the state in plain words.

    Args:
        application: with its round.
        announced: whether the award or rejection letter has been announced.
    """
    state = str(application.state)
    if announced and state in _AFTER_ANNOUNCEMENT:
        return str(_AFTER_ANNOUNCEMENT[state])
    if application.round.notify_decision and state in _EARLY:
        return str(_EARLY[state])
    return str(_WORDS[state])


def tone(application: Application, *, announced: bool) -> str:
    """Return the badge's tone for the same words."""
    if announced and application.state == S.AWARDED:
        return "success"
    return _TONES.get(str(application.state), "info")


def round_words(round_: Round) -> str:
    """Return what everybody may read about the state of a round."""
    return str(_ROUND_WORDS[str(round_.state)])


def sessions(round_: Round) -> list[tuple[str, date]]:
    """Return the committees whose day is known, in order."""
    return [(str(b["body"]), date.fromisoformat(b["on"])) for b in round_.committee_chain if b.get("on")]


def timeline(
    application: Application,
    *,
    announced: bool,
    letter_back: bool = False,
    accepted_at: datetime | None = None,
    withdrawn_at: datetime | None = None,
    later: Iterable[TimelineItem] = (),
) -> list[TimelineItem]:
    """Return the way of a case: done, now, next.

    Args:
        application: with its round.
        announced: whether the award or rejection letter has been announced.
        letter_back: whether a letter came back by post.
        accepted_at: when it was formally accepted, if it was.
        withdrawn_at: when the applicant took it back, if they did.
        later: what floors above know: the award, payments, the proof.
    """
    if application.state == S.DRAFT:
        return _draft(application)
    received = TimelineItem(
        _("Application received"),
        "done",
        at=application.submitted_at,
        who=_("You"),
        text=_("After the deadline; this is noted.") if application.late else "",
    )
    if application.state == S.WITHDRAWN:
        return [received, TimelineItem(_("Withdrawn"), "done", at=withdrawn_at, who=_("You"))]
    steps = [_check(application, accepted_at), *_decision(application)]
    return [received, *steps, *_letter(application, announced=announced, back=letter_back), *later]


def _draft(application: Application) -> list[TimelineItem]:
    deadline = application.round.deadline_at
    return [
        TimelineItem(_("Fill in and send the application"), "now", due_at=deadline, who=_("You")),
        TimelineItem(_("Formal check"), "next", who=_("Our office")),
        TimelineItem(_("Scoring by the jury"), "next", who=_("Jury")),
        TimelineItem(_("Decision of the committees"), "next", who=_("Committees")),
        TimelineItem(_("Letter"), "next", who=_("Our office")),
    ]


def _phase(state: str, now: tuple[S, ...], before: tuple[S, ...]) -> str:
    if state in now:
        return "now"
    return "next" if state in before else "done"


_BEFORE_JURY: Final = (S.SUBMITTED, S.FORMAL_CHECK, S.RETURNED, S.INELIGIBLE)
_IN_JURY: Final = (S.ELIGIBLE, S.IN_REVIEW, S.REVIEWED)
_IN_COMMITTEES: Final = (S.RANKED, S.IN_COMMITTEE, S.FAST_TRACK)


def _check(application: Application, accepted_at: datetime | None) -> TimelineItem:
    state = str(application.state)
    if state == S.RETURNED:
        return TimelineItem(
            _("Formal check: we need something from you"), "now", due_date=application.due_date, who=_("You")
        )
    phase = _phase(state, _BEFORE_JURY, ())
    text = _("We look whether everything is there.") if phase == "now" else ""
    return TimelineItem(_("Formal check"), phase, at=accepted_at, who=_("Our office"), text=text)


def _decision(application: Application) -> list[TimelineItem]:
    """Who decides: the jury and the committees, or the office alone for a small project."""
    if application.routed_by_id is None:
        return [_jury(application), _committees(application)]
    phase = _phase(str(application.state), (S.FAST_TRACK,), ())
    text = _("Small projects are decided without the jury, so it goes faster.")
    return [TimelineItem(_("Decision on your small project"), phase, who=_("Our office"), text=text)]


def _jury(application: Application) -> TimelineItem:
    phase = _phase(str(application.state), _IN_JURY, _BEFORE_JURY)
    return TimelineItem(_("Scoring by the jury"), phase, who=_("Jury"))


def _committees(application: Application) -> TimelineItem:
    phase = _phase(str(application.state), _IN_COMMITTEES, (*_BEFORE_JURY, *_IN_JURY))
    days = sessions(application.round)
    text = "" if phase == "done" else "; ".join(f"{body}: {day:%d.%m.%Y}" for body, day in days)
    return TimelineItem(_("Decision of the committees"), phase, who=_("Committees"), text=text)


def _letter(application: Application, *, announced: bool, back: bool) -> Iterator[TimelineItem]:
    if back:
        text = _("Our letter came back. Please check your address; then we send it again.")
        yield TimelineItem(_("Letter"), "now", who=_("Our office"), text=text)
        return
    if announced and application.state in _AFTER_ANNOUNCEMENT:
        yield TimelineItem(_("Letter"), "done", text=words(application, announced=True))
        return
    revises = application.state == S.PLAN_REVISION
    if revises:
        yield _plan_revision(application)
    phase = "now" if application.state in _DECIDED and not revises else "next"
    due, text = (None, "") if phase == "now" or revises else _letter_due(application)
    yield TimelineItem(_("Letter"), phase, due_date=due, who=_("Our office"), text=text)


def _plan_revision(application: Application) -> TimelineItem:
    sent = application.plan_sent_at
    return TimelineItem(
        _("Adjust the cost plan before the letter"),
        "now",
        due_date=None if sent else application.due_date,
        who=_("Our office") if sent else _("You"),
    )


def _letter_due(application: Application) -> tuple[date | None, str]:
    """Three months after receipt (VwGO § 75); no day, only what it waits for, where the last committee is later."""
    if application.submitted_at is None:
        return None, ""
    due = three_months_after(berlin_day(application.submitted_at))
    last = max((day for _body, day in sessions(application.round)), default=due)
    if application.routed_by_id is None and last >= due:
        return None, _("Some days after the last committee, which meets on %(day)s.") % {"day": f"{last:%d.%m.%Y}"}
    return due, ""

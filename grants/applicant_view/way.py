from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext as _

from accounts.days import day, day_long
from accounts.money import format_cents
from grants.applicant_view.days import check_due, last_session, letter_due, sessions, sessions_text, three_months
from grants.applicant_view.items import Post, TimelineItem
from grants.applicant_view.wording import words
from grants.models import Application, Round
from grants.states import ApplicationState as S

_NO_POST: Final = Post()
_BEFORE_JURY: Final = (S.SUBMITTED, S.FORMAL_CHECK, S.RETURNED, S.INELIGIBLE)
_IN_JURY: Final = (S.ELIGIBLE, S.IN_REVIEW, S.REVIEWED)
_IN_COMMITTEES: Final = (S.RANKED, S.IN_COMMITTEE, S.FAST_TRACK)
_DECIDED: Final = (S.RESERVE_LISTED, S.APPROVED, S.PLAN_REVISION, S.AWARDED, S.DECLINED, S.REJECTED)


def timeline(
    application: Application,
    *,
    announced: bool,
    post: Post = _NO_POST,
    accepted_at: datetime | None = None,
    withdrawn_at: datetime | None = None,
    handed_in: Sequence[tuple[datetime, datetime]] = (),
    today: date | None = None,
    later: Iterable[TimelineItem] = (),
) -> list[TimelineItem]:
    """Return the way of a case: done, now, next.

    Args:
        application: with its round.
        announced: whether the award or rejection letter has been announced.
        post: where that letter is.
        accepted_at: when it was formally accepted, if it was.
        withdrawn_at: when the applicant took it back, if they did.
        handed_in: when the office asked for something and when it was handed in, for each time.
        today: the Berlin day; without it no step is called late.
        later: what floors above know: the award, payments, the proof.
    """
    if application.state == S.DRAFT:
        return _draft(application)
    begun = [_received(application), *_handed_in(handed_in)]
    if application.state == S.WITHDRAWN:
        return [*begun, TimelineItem(_("Withdrawn"), "done", at=withdrawn_at, who=_("You"))]
    ours = [_check(application, accepted_at), *_decision(application), *_letter(application, announced, post)]
    return [*begun, *(_told_if_late(step, today) for step in ours), *later]


def _draft(application: Application) -> list[TimelineItem]:
    due, text = letter_due(application)
    return [
        TimelineItem(
            _("Fill in and send the application"), "now", due_at=application.round.deadline_at, who=_("You"), key="send"
        ),
        TimelineItem(_("Formal check"), "next", who=_("Our office")),
        _jury(application, "next"),
        _committees(application.round, "next"),
        TimelineItem(_("Letter"), "next", due_date=due, who=_("Our office"), text=text, key="letter"),
    ]


def _told_if_late(step: TimelineItem, today: date | None) -> TimelineItem:
    """Say that a day has passed which the office, the jury or a committee did not keep."""
    due = step.due_date
    if due is None or today is None or due >= today or step.yours:
        return step
    text = _("This takes longer: it was planned by %(day)s. You need not do anything.") % {"day": day(due)}
    return replace(step, due_date=None, text=f"{step.text} {text}".strip())


def _received(application: Application) -> TimelineItem:
    text = _("After the deadline; this is noted.") if application.late else ""
    return TimelineItem(_("Application received"), "done", at=application.submitted_at, who=_("You"), text=text)


def _handed_in(times: Sequence[tuple[datetime, datetime]]) -> Iterator[TimelineItem]:
    for asked_at, at in times:
        text = _("We had asked for it on %(day)s.") % {"day": day(asked_at)}
        yield TimelineItem(_("Handed in what was missing"), "done", at=at, who=_("You"), text=text)


def _phase(state: str, now: tuple[S, ...], before: tuple[S, ...]) -> str:
    if state in now:
        return "now"
    return "next" if state in before else "done"


def _check(application: Application, accepted_at: datetime | None) -> TimelineItem:
    state = str(application.state)
    if state == S.RETURNED:
        return TimelineItem(
            _("Formal check: we need something from you"), "now", due_date=application.due_date, who=_("You"),
            key="documents",
        )  # fmt: skip
    if state not in _BEFORE_JURY:
        return TimelineItem(_("Formal check"), "done", at=accepted_at, who=_("Our office"))
    text = _("We look whether everything is there.")
    return TimelineItem(
        _("Formal check"), "now", due_date=check_due(application), who=_("Our office"), text=text, key="check"
    )


def _decision(application: Application) -> list[TimelineItem]:
    """Who decides: the jury and the committees, or the office alone for a small project."""
    state = str(application.state)
    if application.routed_by_id is None:
        return [
            _jury(application, _phase(state, _IN_JURY, _BEFORE_JURY)),
            _committees(application.round, _phase(state, _IN_COMMITTEES, (*_BEFORE_JURY, *_IN_JURY))),
        ]
    phase = _phase(state, (S.FAST_TRACK,), ())
    due = three_months(application) if phase == "now" else None
    text = _("Small projects are decided without the jury, so it goes faster.")
    return [
        TimelineItem(
            _("Decision on your small project"), phase, due_date=due, who=_("Our office"), text=text, key="small"
        )
    ]


def _jury(application: Application, phase: str) -> TimelineItem:
    round_ = application.round
    if not round_.jury_size:
        return TimelineItem(_("Proposal for the committees"), phase, who=_("Our office"))
    if phase == "done":
        return TimelineItem(_("Scoring by the jury"), phase, who=_("Jury"))
    text = "" if round_.jury_on else _("The day of the session is not set yet.")
    if str(application.state) in (S.DRAFT, *_BEFORE_JURY):
        text = f"{text} {_perhaps_small(application)}".strip()
    return TimelineItem(_("Scoring by the jury"), phase, due_date=round_.jury_on, who=_("Jury"), text=text, key="jury")


def _perhaps_small(application: Application) -> str:
    """Say that the office may decide, of a project that is small enough; whether it does is told after the check."""
    limit = application.round.fast_track_max_cents
    if not limit or not 0 < application.requested_cents <= limit:
        return ""
    words = _("Your project is small (up to %(limit)s): perhaps our office decides without the jury, which is faster.")
    return words % {"limit": format_cents(limit)}


def next_day(application: Application, *, announced: bool, today: date) -> TimelineItem | None:
    """Return the next step with a day, of a case that waits for its decision; None where floors above know more."""
    if application.state not in (*_BEFORE_JURY, *_IN_JURY, *_IN_COMMITTEES):
        return None
    steps = timeline(application, announced=announced, today=today)
    return next((step for step in steps if step.phase != "done" and step.due_date), None)


def _committees(round_: Round, phase: str) -> TimelineItem:
    if phase == "done":
        return TimelineItem(_("Decision of the committees"), phase, who=_("Committees"))
    due, text = last_session(round_), sessions_text(round_)
    return TimelineItem(
        _("Decision of the committees"), phase, due_date=due, who=_("Committees"), text=text, key="committees",
        days=tuple(sessions(round_)),
    )  # fmt: skip


def _letter(application: Application, announced: bool, post: Post) -> Iterator[TimelineItem]:
    if application.plan_sent_at is not None and application.state != S.PLAN_REVISION:
        yield TimelineItem(_("Handed in the adjusted plan"), "done", at=application.plan_sent_at, who=_("You"))
    if application.state == S.PLAN_REVISION:
        yield _plan_revision(application)
        yield TimelineItem(_("Letter"), "next", who=_("Our office"))
    elif announced and application.state in (S.AWARDED, S.REJECTED) and not post.back:
        text = words(application, announced=True)
        yield TimelineItem(_("Letter"), "done", on=post.announced_on, who=_("Our office"), text=text)
    else:
        yield _on_its_way(post) or _awaited(application)


def _on_its_way(post: Post) -> TimelineItem | None:
    """Return what is known of a letter that left the office, alike for a grant and a rejection."""
    if post.back:
        text = _("Our letter came back. Please check your address; then we send it again.")
        return TimelineItem(_("Letter"), "now", who=_("Our office"), text=text)
    if post.href:
        text = _("The letter waits for you in the portal.")
        return TimelineItem(
            _("Open the letter"), "now", due_date=post.open_until, who=_("You"), text=text, href=post.href,
            link=_("To the letter"), key="open",
        )  # fmt: skip
    if post.counts_on is not None:
        return _takes_effect(post.posted_on, post.counts_on)
    if post.unopened:
        text = _("It was not opened in the portal in time, so it comes by post.")
        return TimelineItem(_("Letter"), "now", who=_("Our office"), text=text)
    return None


def _takes_effect(posted_on: date | None, counts_on: date) -> TimelineItem:
    if posted_on is None:
        text = _("It was opened in the portal and counts as announced on %(effect)s.")
        return TimelineItem(_("Letter"), "now", who=_("By itself"), text=text % {"effect": day_long(counts_on)})
    days = {"day": day_long(posted_on), "effect": day_long(counts_on)}
    text = _("We gave it to the post on %(day)s. It counts as announced on %(effect)s.") % days
    return TimelineItem(_("Letter is on its way"), "now", who=_("Our office"), text=text)


def _awaited(application: Application) -> TimelineItem:
    phase = "now" if application.state in _DECIDED else "next"
    due, text = letter_due(application)
    if phase == "now" and application.routed_by_id is None:
        text = _("The letters of a round go out together.")
    return TimelineItem(_("Letter"), phase, due_date=due, who=_("Our office"), text=text, key="letter")


def _plan_revision(application: Application) -> TimelineItem:
    sent = application.plan_sent_at
    if sent is None:
        title = _("Adjust the cost plan before the letter")
        return TimelineItem(title, "now", due_date=application.due_date, who=_("You"), key="plan")
    text = _("You handed it in. We look at it, then the letter follows.")
    return TimelineItem(_("Adjusted cost plan"), "now", at=sent, who=_("Our office"), text=text)

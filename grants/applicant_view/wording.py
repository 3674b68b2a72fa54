"""A plain text for each state of a case and of a round, as applicants read them."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from grants.models import Application, Round
from grants.states import ApplicationState as S
from grants.states import RoundState

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

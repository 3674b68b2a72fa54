"""Refusals of jury and committee, in words a person can act on."""

from datetime import date

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from accounts import days
from accounts.exceptions import NotPossible
from accounts.money import format_cents


class HandlesCases(NotPossible):
    message = _("This person holds a role in the fund. A juror may not handle cases of the same fund.")


class AlreadySeated(NotPossible):
    message = _("This person already sits in this jury.")


class ChairTaken(NotPossible):
    message = _("This jury already has a chair. End that seat first.")


class DeputyTaken(NotPossible):
    message = _("The chair of this jury already has a deputy. End that seat first.")


class SeatsTaken(NotPossible):
    """Only stand-ins come beside the seats that the round set."""

    def __init__(self, size: int) -> None:
        super().__init__(_("This jury has %(count)s seats, all are given. Appoint a stand-in.") % {"count": size})


class TooFewJurors(NotPossible):
    """An application has fewer jurors without a possible conflict than the round asks for."""

    message = _("Too few jurors without a possible conflict are left. Appoint a stand-in first.")


class StillInCheck(NotPossible):
    message = _("Some applications are still being checked. Finish them, or mark them as stragglers.")


class TooFewSheets(NotPossible):
    message = _("Too few sheets have been handed in to close the scoring.")


class ConflictOpen(NotPossible):
    message = _("A possible conflict of interest waits for the chair. Scoring cannot be closed before that.")


class SheetIncomplete(NotPossible):
    message = _("Some criteria are still open, or a reason is missing.")


class ScoringClosed(NotPossible):
    message = _("This case is not being scored now.")


class ScoringNotFinished(NotPossible):
    message = _("Some applications are not scored to the end. The coordinator has to close their scoring first.")


class NoQuorum(NotPossible):
    message = _("Too few members are present and free of conflict for a quorum.")


class VotesDoNotAddUp(NotPossible):
    message = _("The votes do not add up to the members who were present and free of conflict.")


class NoMajority(NotPossible):
    message = _("A proposal needs more votes in favour than against.")


class NoSession(NotPossible):
    message = _("The jury has not met yet. Open the session first.")


class DayOutOfPlace(NotPossible):
    """A day of a session, paper or decision that lies after today, or before the step that must come first."""

    def __init__(self, message: StrPromise | str, day: date | None = None) -> None:
        super().__init__(message % {"day": days.day(day)} if day else message)


class MinutesClosed(NotPossible):
    message = _("The round is decided. Its minutes can no longer be changed.")


class AmountOutOfBounds(NotPossible):
    """More than min(requested, maximum of the round, eligible cost), or nothing where money is proposed."""

    def __init__(self, limit_cents: int) -> None:
        self.limit_cents = limit_cents
        message = _("Enter an amount above 0 and at most %(amount)s.")
        super().__init__(message % {"amount": format_cents(limit_cents)})


class RankingIncomplete(NotPossible):
    message = _("The ranking is not complete. Every application has to pass the jury first.")


class ListTooExpensive(NotPossible):
    """The whole list needs more money than there is; nothing was reserved."""

    def __init__(self, missing_cents: int) -> None:
        self.missing_cents = missing_cents
        message = _("The list needs %(amount)s more than is available. Nothing was reserved.")
        super().__init__(message % {"amount": format_cents(missing_cents)})


class NothingToHandIn(NotPossible):
    message = _("There is no application on the list.")


class PaperNumberTaken(NotPossible):
    message = _("This round already has a paper with that number.")


class NotYetDecided(NotPossible):
    message = _("Some applications of the list are not decided yet.")


class NotInChain(NotPossible):
    message = _("This body cannot decide that. Only the last body of the chain decides.")


class RankTaken(NotPossible):
    message = _("This rank on the reserve list is taken.")


class NotOfABody(NotPossible):
    message = _("The office itself decided this case; no word of a committee can be corrected here.")


class NoPlanMissing(NotPossible):
    message = _("No revised plan is missing after two deadlines. Give more time first, or choose another ground.")


class FastTrackSpent(NotPossible):
    """The part of the budget for small projects, or the round's share of it, has less left."""

    def __init__(self, left_cents: int) -> None:
        self.left_cents = left_cents
        message = _("Only %(amount)s are left for small projects. This one can go to the jury.")
        super().__init__(message % {"amount": format_cents(left_cents)})


class LetterExists(NotPossible):
    message = _("There is already a letter for this case. Void it first.")


class NotNextInRank(NotPossible):
    message = _("Others stand before this one on the reserve list. Passing them over needs a reason.")


class ReserveListOver(NotPossible):
    message = _("The reserve list is no longer valid.")

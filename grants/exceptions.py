"""What the doors of this floor refuse."""

from collections.abc import Collection, Sequence

from django.utils.translation import gettext_lazy as _

from accounts.exceptions import LostRace, NotPossible, Refused
from grants.rules import Problem


class AlreadySent(LostRace):
    """A second press, or a second tab: the application was sent before, once."""

    message = _("This application has already been sent. It was received once.")


class Changed(LostRace):
    """The form is older than the record; `names` are the entries that somebody else changed, when only these matter."""

    message = _(
        "This application was changed elsewhere since you opened the page. What you typed is still here:"
        " compare, then save again."
    )

    def __init__(self, names: Collection[str] = ()) -> None:
        super().__init__()
        self.names = frozenset(names)


class Incomplete(Refused):
    """Something must be mended before sending; `problems` lists it."""

    message = _("The application is not complete yet. Please mend what is listed.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = list(problems)


class RoundNotOpen(NotPossible):
    message = _("This round does not take applications now.")


class NotReopened(NotPossible):
    """The office did not ask for this entry."""

    message = _("This entry cannot be changed now. Only what the office asked for is open.")


class RecordingWaits(NotPossible):
    """The office has recorded it, and the second person has not looked yet."""

    message = _("It is recorded and waits for a second person. That must be taken back first.")


class ScanMissing(NotPossible):
    message = _("Please add the scan of the original first.")


class TitleMissing(NotPossible):
    message = _("Please enter a title first. If the paper has none, choose words that tell what it is about.")


class NotYetReceived(Refused):
    message = _("It cannot have been received later than now.")


class ChannelUnknown(Refused):
    message = _("Please choose how the application came.")


class NoAddress(NotPossible):
    message = _("No complete postal address is recorded for the organisation, so no letter can reach it.")


class CodeWrong(Refused):
    """One answer for every reason, so that nobody learns which part was right."""

    message = _(
        "Case number and code do not fit together, or the code no longer holds. Please compare both with the letter;"
        " after ten wrong tries ask the office for a new one."
    )


class OfOffice(NotPossible):
    message = _("You work for a fund to which this organisation applied, so you cannot act for it here.")


class TooLate(NotPossible):
    message = _("The application can no longer be withdrawn here. Please write to the office.")


class BadFile(Refused):
    """A file that the fund cannot take; the message says why and what to do."""


class UnknownKind(BadFile):
    """A file of a kind that nobody takes; which kinds are taken depends on the round."""

    message = _("This kind of file is not taken here.")


class RoundStillOpen(NotPossible):
    """Nobody's application is looked at before all had the same time."""

    message = _("The check of applications that came in time begins after the deadline of the round.")


class CheckIncomplete(Refused):
    """The checklist or the note on costs is not complete; `codes` names the open items."""

    message = _("Before acceptance every item of the checklist must be met, and the costs need a note.")

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__()
        self.codes = list(codes)


class PlanOpen(NotPossible):
    message = _(
        "The amount is missing, or costs and financing differ. Please request the plan from the applicant first."
    )


class CheckChanged(LostRace):
    """The checklist is older than the record."""

    message = _(
        "Somebody else changed this check since you opened the page. What you typed is still here:"
        " compare, then save again."
    )


class NothingAsked(Refused):
    message = _("Choose at least one entry or document that the applicant may change.")


class DayTooEarly(Refused):
    message = _("Choose a day in the future, and later than the day set before.")


class ProposalWaits(NotPossible):
    message = _("A rejection waits for its second person. It must be confirmed, declined or withdrawn first.")


class NoFailedItem(NotPossible):
    message = _("A rejection needs at least one mandatory item answered “no”. Please save the checklist first.")


class NotReminded(NotPossible):
    message = _("The deadline must be over and the applicant must have been reminded.")


class NotLate(NotPossible):
    message = _("Only an application that came late, in a round that rejects these, can be rejected for it.")


class LetterBegun(NotPossible):
    message = _("A rejection letter is being prepared. It must be dropped first.")


class RoundFixed(NotPossible):
    message = _("The settings are fixed since the round was published. Only a draft can be changed.")


class RoundChanged(LostRace):
    message = _(
        "Somebody else changed the settings since you opened the page. What you typed is still here:"
        " compare, then save again."
    )


class DraftsExist(NotPossible):
    message = _("Somebody has already begun an application, so the round can no longer be taken back.")


class DeadlineNotLater(Refused):
    message = _("The new deadline must be later than the old one, and in the future.")


class CaseChanged(LostRace):
    """The page is older than the case."""

    message = _(
        "This case went on since you opened the page, so nothing was done. What you typed is still here:"
        " look at the case, then decide again."
    )


class NotSentYet(NotPossible):
    message = _("You can write to the office about an application once it was sent.")


class SentAlready(LostRace):
    """The same words were sent from this very page before."""

    message = _("This message was sent already.")


class TooManyMessages(Refused):
    message = _("Many messages were written in this case today. Please write again tomorrow, or call the office.")


class FilterNameTaken(Refused):
    message = _("You already keep a filter of this name. Please choose another one.")


class TooManyFilters(Refused):
    message = _("You keep 20 filters already. Please delete one first.")


class NotOfTheOffice(NotPossible):
    """The person chosen may not work on the case: not of its fund today, or of the organisation that applies."""

    message = _("The chosen person is no case officer of this fund, or belongs to the organisation.")


class OfficerAlready(NotPossible):
    message = _("The chosen person has the case already.")


class CaseClosed(NotPossible):
    message = _("The case is closed.")


class CheckBegun(NotPossible):
    message = _("The formal check has begun already.")


class NotForYou(NotPossible):
    """The person reads the case but has no part in this step."""

    message = _("In this fund you may not take this step.")


class CaseMoved(LostRace):
    """The case is no longer as the preview showed it."""

    message = _("Somebody changed the case after the preview, so nothing was done.")


class StartedAlready(LostRace):
    message = _("This was started already. Nothing is done twice.")


class NothingToDo(Refused):
    message = _("For none of the chosen applications is there anything to do.")


class RoundTakesNone(NotPossible):
    message = _("Applications are imported while a round is open or its deadline is just over, not before or later.")


class ImportGoesOn(LostRace):
    message = _("This import went on since you opened the page. Please look where it stands now.")


class NotAllMended(NotPossible):
    message = _("Nothing is imported as long as there are errors, or changed rows on which nobody has decided.")

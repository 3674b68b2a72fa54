"""Refusals of awards, letters and payouts, in words a person can act on."""

from django.utils.translation import gettext_lazy as _

from accounts.exceptions import NotPossible


class PlanNotAtAmount(NotPossible):
    message = _("The plan of the application does not yet ask for exactly the decided amount. Ask for a revised plan.")


class NothingDecided(NotPossible):
    message = _("No grant has been decided for this application.")


class BankNotChecked(NotPossible):
    message = _("The bank account has not been checked by a second person, or may not be used yet.")


class NoBankAccount(NotPossible):
    message = _("There is no bank account yet. Please enter it on the page of your organisation.")


class LetterDatePassed(NotPossible):
    message = _("The date of this letter has passed. Void it and draft it anew: date and signature belong together.")


class WrongSignatory(NotPossible):
    message = _("Another person's name stands under this letter. Only that person can sign it.")


class AboveLimit(NotPossible):
    message = _("The amount is above the limit of your role.")


class LettersMissing(NotPossible):
    message = _("The letters of a round go out together. Some cases still have no signed letter.")


class TooMuchRequested(NotPossible):
    message = _("You can request at most what has been granted and not yet been requested.")


class LetterAlreadyDrafted(NotPossible):
    message = _("There is already a letter for this case.")


class NotThisDay(NotPossible):
    message = _("This day is not possible here. It may not lie in the future or before the step it follows.")


class NothingChosen(NotPossible):
    message = _("Please choose at least one payment.")


class DebtorAccountMissing(NotPossible):
    message = _("The fund has no paying account yet. The administration enters it on the page of the fund.")


class ReasonsMissing(NotPossible):
    message = _("A rejection, and a grant below what was applied for, needs reasons. Please write at least one.")


class AboveEligible(NotPossible):
    message = _("The granted amount is above the eligible costs of the plan. Ask for a revised plan.")


class LetterDateTooEarly(NotPossible):
    message = _("The date of a letter cannot lie in the past. Enter today or a later day.")


class SignatoryMayNot(NotPossible):
    message = _("This person may not sign a letter over this amount. Choose another signatory.")


class WrongRejectionKind(NotPossible):
    message = _("This kind of rejection does not fit the case. Please choose another one.")


class AccountReplaced(NotPossible):
    message = _("The bank account of this payment was replaced. Refuse or cancel it and have the money requested anew.")


class MoneyOut(NotPossible):
    message = _("Money has been paid or a payment is under way, so the award can no longer be given up here.")


class NotAnnounced(NotPossible):
    message = _("The letter has not been announced, so this is not possible yet.")


class LetterNotBack(NotPossible):
    message = _("The mail room has not recorded that the letter came back. That comes first.")


class NoOtherAccount(NotPossible):
    message = _("Please enter the right bank account on the page of your organisation and wait until it is checked.")


class NothingToRelease(NotPossible):
    message = _("There is no signed letter to release.")


class RoundNotDecided(NotPossible):
    message = _("The round is not decided yet. Its letters are released together after the decision.")


class DayInThePast(NotPossible):
    message = _("This day lies in the past. Enter today or a later day.")


class RetrievalOver(NotPossible):
    message = _("The time to open this letter here is over. It will come by post.")


class RoundNotReady(NotPossible):
    message = _("The round cannot be published yet. See below what is missing.")

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

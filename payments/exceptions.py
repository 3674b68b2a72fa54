"""Refusals of awards, letters and payouts, in words a person can act on."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts import days
from accounts.exceptions import NotPossible
from grants.states import StartRule


class PlanNotAtAmount(NotPossible):
    message = _("The plan of the application does not yet ask for exactly the decided amount. Ask for a revised plan.")


class NothingDecided(NotPossible):
    message = _("No grant has been decided for this application.")


class NotCompared(NotPossible):
    message = _(
        "A backup was restored: payment files that were made after it are not known here. "
        "Please compare with the bank first; the page “Payments” leads there."
    )


class BankNotChecked(NotPossible):
    message = _("The bank account has not been checked by a second person.")


class BankCoolingOff(BankNotChecked):
    """A changed account whose cooling-off days are not over."""

    def __init__(self, usable_from: date) -> None:
        told = _("The bank account was changed. For safety it may be paid to only from %(day)s on.")
        super().__init__(told % {"day": days.day(usable_from)})


class NoBankAccount(NotPossible):
    message = _("There is no bank account yet. Please enter it on the page of your organisation.")


class NotUsedInTime(NotPossible):
    """The money would lie longer than the terms of the award allow."""

    def __init__(self, months: int, last_day: date) -> None:
        told = _(
            "Money must be used within %(months)s months of its booking. Request only what you will use by %(day)s."
        )
        super().__init__(told % {"months": months, "day": days.day(last_day)})


class LetterDatePassed(NotPossible):
    message = _("The date of this letter has passed. Void it and draft it anew: date and signature belong together.")


class LetterDateAhead(NotPossible):
    """A letter bears a day that is still to come."""

    def __init__(self, day: date) -> None:
        super().__init__(
            _("A letter bears the date of %(day)s. It can go out from that day on.") % {"day": days.day(day)}
        )


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


class StartTooEarly(NotPossible):
    """The rule of the round does not allow a start on this day."""

    def __init__(self, rule: str, first_day: date) -> None:
        super().__init__(_START_WORDS[StartRule(rule)] % {"day": days.day(first_day)})


_START_WORDS = {
    StartRule.ON_AWARD: _(
        "A project may begin from the date of its award letter on, %(day)s. Enter that day or a later one."
    ),
    StartRule.ON_SUBMISSION: _(
        "A project may begin once its application was sent, on %(day)s. Enter that day or a later one."
    ),
    StartRule.ON_CONSENT: _(
        "A start before the award letter, %(day)s, needs the written consent of the office, and none is recorded. "
        "Please ask the office."
    ),
}


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


class AccountAltered(NotPossible):
    """The stored IBAN does not fit its fingerprint."""

    def __init__(self, payment: object) -> None:
        super().__init__(
            _(
                "Payment %(payment)s: the stored IBAN is no longer the one that was entered and checked. "
                "Do not pay. Please tell the administration and the audit office."
            )
            % {"payment": payment}
        )


class NotAsOrdered(NotPossible):
    """The ledger ordered another amount, or nothing."""

    def __init__(self, payment: object) -> None:
        super().__init__(
            _(
                "Payment %(payment)s: the amount is not the one that was ordered in the books. "
                "Do not pay. Please tell the administration and the audit office."
            )
            % {"payment": payment}
        )


class NameCheckMissing(NotPossible):
    message = _("Please say for each payment what the bank's comparison of the name gave.")


class NameDoubtful(NotPossible):
    message = _("The bank did not confirm the name of a payee. Write why you pay all the same, or leave it out.")


class SignerReleases(NotPossible):
    message = _("You signed at least one of these letters. Another head of unit, or a deputy, releases them.")


class MoneyOut(NotPossible):
    message = _("Money has been paid or a payment is under way, so the award can no longer be given up here.")


class NotAnnounced(NotPossible):
    message = _("The letter has not been announced, so this is not possible yet.")


class LetterBack(NotPossible):
    message = _("The letter of this award came back by post. No money goes out until it has been announced again.")


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

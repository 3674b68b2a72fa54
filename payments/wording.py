"""What a grantee reads of the states of award and payment, in plain words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.states import AwardState as A
from payments.states import PaymentState as P

AWARD_WORDS: dict[str, Promise] = {
    A.NOTIFIED: _("Granted. The time to sue is running."),
    A.FINAL: _("Your letter is final. You can request the money."),
    A.CHALLENGED: _("A lawsuit is pending. No money is paid until it ends."),
    A.ACTIVE: _("Your project is running. You can request the money as you need it."),
    A.CHANGE_PENDING: _("We are checking the change you asked for."),
    A.RELINQUISHED: _("You have given this award up."),
}
PAYMENT_WORDS: dict[str, Promise] = {
    P.REQUESTED: _("Money requested"),
    P.CHECKED: _("Being checked"),
    P.ORDERED: _("On its way"),
    P.EXPORTED: _("On its way"),
    P.PAID: _("Paid"),
    P.FAILED: _("The transfer came back. Please check the account."),
    P.REFUSED: _("Refused"),
    P.CANCELLED: _("Cancelled"),
}

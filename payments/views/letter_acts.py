"""What each person can do with a letter, and who does the next step."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, clock, days
from accounts.exceptions import Refused
from accounts.models import User
from grants.models import Round
from notifications import pdf
from notifications.actions import letters as office
from notifications.dates import deemed_announced
from notifications.models import Letter
from notifications.states import DocumentKind
from notifications.states import LetterState as L
from payments import queries
from payments.actions import letters, recalls
from payments.exceptions import LetterDatePassed, SignerReleases
from payments.forms.common import ReasonForm
from payments.forms.letters import AddressForm, SeenForm
from payments.permissions import head_of_unit
from payments.states import RECALL
from payments.views.acting import Act, Text

STEPS = frozenset(
    {"approve", "sign", "release", "confirm_address", "void", "propose_recall", "confirm_recall", "decline_recall"}
)

_NEXT: dict[str, Promise] = {
    L.GENERATED: gettext_lazy("Approve: a second officer"),
    L.SIGNED: gettext_lazy("Release: head of unit"),
    L.RELEASED: gettext_lazy("Post: mail room"),
    L.PUBLISHED: gettext_lazy("Open: the addressee"),
    L.EXPIRED: gettext_lazy("Post: mail room"),
}


def next_step(letter: Letter, today: date) -> Text:
    """Return what comes next with the letter and who does it; empty when nothing does."""
    if letter.state == L.APPROVED:
        if letter.letter_date < today:
            return _("The date has passed: void and draft anew")
        return _("Sign: %(name)s") % {"name": letter.signatory}
    if letter.state == L.POSTED and letter.posted_on is not None:
        day = deemed_announced(letter.posted_on, letter.deemed_days)
        return _("Counts as announced on %(day)s") % {"day": days.day(day)}
    if letter.state == L.RETURNED:
        return _("Post again: mail room") if letter.has_address() else _("Find the address: case officer")
    return _NEXT.get(letter.state, "")


def acts_for(letter: Letter, who: User) -> list[Act]:
    """Return what the person may do with the letter now, the next step of its life first."""
    return list(_acts(letter, who, set(audit.available(letter, who))))


def _acts(letter: Letter, who: User, may: set[str]) -> Iterator[Act]:
    proposal = audit.open_proposal(RECALL, letter) if "recall" in may else None
    if proposal is not None and proposal.proposed_by_id != who.pk:
        yield _confirm_recall(proposal, letter, who)
    if "approve" in may:
        yield _approve(letter, who)
    if "sign" in may and letter.signatory_id == who.pk and letter.letter_date >= clock.today():
        yield _sign(letter, who)
    if "release" in may and proposal is None and queries.may_go_alone(queries.case_of(letter)):
        yield _release(letter, who)
    if proposal is not None:
        yield _decline_recall(proposal, who)
    if "confirm_address" in may and not letter.has_address():
        yield _confirm_address(letter, who)
    yield from _ends(letter, who, may, proposed=proposal is not None)


def _ends(letter: Letter, who: User, may: set[str], *, proposed: bool) -> Iterator[Act]:
    """What ends the letter; never the main step."""
    if "void" in may:
        yield _void(letter, who)
    if "recall" in may and not proposed:
        yield _propose_recall(letter, who)


def _payable(letter: Letter) -> bool:
    """Tell whether the signature would not be refused for want of a checked bank account."""
    return letter.kind != DocumentKind.AWARD or queries.has_checked_account(letter.case.organisation_id)


def _seen(letter: Letter) -> dict[str, Any]:
    return {"initial": {"seen": letter.document.sha256}}


def _approve(letter: Letter, who: User) -> Act:
    return Act(
        "approve",
        _("Approve for signature"),
        _("I have read it: approve"),
        _("The letter is approved for signature."),
        lambda data: office.approve(letter=letter, by=who, seen_sha256=data["seen"]),
        text=_("Please read the whole letter. You approve exactly what is shown here."),
        form=SeenForm,
        options=_seen(letter),
    )


def _sign(letter: Letter, who: User) -> Act:
    effect = (
        _("Your signature commits the money and makes the award.")
        if letter.amount_cents
        else _("Your signature makes the rejection binding as soon as it is announced.")
    )
    return Act(
        "sign",
        _("Sign the letter"),
        _("I have read it: sign"),
        _("The letter is signed."),
        lambda data: letters.sign_letter(letter=letter, by=who, seen_sha256=data["seen"]),
        text=effect,
        form=SeenForm,
        options=_seen(letter),
        hindered=not _payable(letter),
    )


def _confirm_address(letter: Letter, who: User) -> Act:
    printed = pdf.load_data(letter.kind, letter.document.data).recipient.lines()
    return Act(
        "confirm_address",
        _("Came back by post: find the address"),
        _("Confirm the address"),
        _("The address is confirmed. The mail room posts the letter again."),
        lambda data: letters.confirm_address(letter=letter, by=who, **data),
        text=_(
            "Ask the applicant by telephone or e-mail where letters arrive. Until the letter has been announced again"
            " nothing is final and no money goes out; the time to sue starts anew."
        ),
        form=AddressForm,
        options={"initial": {"envelope": letter.envelope or "\n".join(printed)}},
    )


def _release(letter: Letter, who: User) -> Act:
    return Act(
        "release",
        _("Release this letter"),
        _("Release for dispatch"),
        _("The letter is released."),
        lambda _data: letters.release_letter(letter=letter, by=who),
        text=_("It goes out on its own, to the portal or to the mail room."),
    )


def _void(letter: Letter, who: User) -> Act:
    return Act(
        "void",
        _("Drop this letter"),
        _("Drop the letter"),
        _("The letter is void. A new one can be drafted."),
        lambda data: office.void(letter=letter, by=who, reason=data["reason"]),
        text=_("It will never go out. The case stays as it is, and a new letter can be drafted."),
        form=ReasonForm,
        danger=True,
    )


def _propose_recall(letter: Letter, who: User) -> Act:
    return Act(
        "propose_recall",
        _("Recall the signed letter"),
        _("Propose the recall"),
        _("The recall waits for a second signatory."),
        lambda data: recalls.propose_recall(letter=letter, by=who, reason=data["reason"]),
        text=_recall_text(letter, who),
        form=ReasonForm,
        danger=True,
    )


def _recall_text(letter: Letter, who: User) -> str:
    told = _("For an error found before dispatch. A second signatory has to confirm; then the books follow.")
    if queries.signatories(letter.fund_id, letter.amount_cents or 0, author=who):
        return told
    return told + " " + _("Nobody but you can confirm it at the moment. The administration can name a deputy.")


def _confirm_recall(proposal: Any, letter: Letter, who: User) -> Act:
    told = {"name": proposal.proposed_by, "reason": proposal.reason}
    return Act(
        "confirm_recall",
        _("Confirm the recall"),
        _("Recall the letter"),
        _("The letter is void and the case is decided without a letter again."),
        lambda _data: recalls.confirm_recall(proposal=proposal, by=who),
        text=_("%(name)s wants to take this letter back: %(reason)s") % told,
        danger=True,
    )


def _decline_recall(proposal: Any, who: User) -> Act:
    own = proposal.proposed_by_id == who.pk
    return Act(
        "decline_recall",
        _("Take the proposal back") if own else _("Keep the letter"),
        _("Take back") if own else _("Decline the recall"),
        _("The letter stays as it is."),
        lambda data: recalls.decline_recall(proposal=proposal, by=who, note=data["reason"]),
        form=ReasonForm,
    )


def release_all(round_: Round, who: User) -> Act:
    """The release of all letters of a round."""

    def run(_data: dict[str, Any]) -> str:
        return _("Letters released: %(count)d.") % {"count": letters.release_letters(round_=round_, by=who)}

    return Act(
        "release_all", _("Release the letters"), _("Release all letters"), "", run,
        text=_("They go out together, to the portal or to the mail room. This cannot be undone once they are posted."),
    )  # fmt: skip


def why_not(letter: Letter, who: User) -> Text:
    """Return why a person whose turn it seems to be cannot act, in words; empty when nothing stands in the way."""
    if not letter.document.sha256:
        return _("The PDF is still being made. Please reload this page in a moment.")
    if letter.state == L.GENERATED and letter.author_id == who.pk:
        return _("You drafted this letter. A second officer has to approve it.")
    if letter.state == L.SIGNED and letter.signed_by_id == who.pk and head_of_unit(letter, who):
        return str(SignerReleases.message)
    if letter.state == L.APPROVED and letter.letter_date < clock.today():
        return str(LetterDatePassed.message)
    if letter.state == L.APPROVED and letter.signatory_id == who.pk and not _payable(letter):
        return _("It can be signed when somebody has checked the bank account: case officer, coordinator or finance A.")
    if letter.state == L.APPROVED and letter.approved_by_id == who.pk and queries.signs_letters(who):
        return _("You approved this letter, so another person has to sign it.")
    if letter.state == L.APPROVED and letter.signatory_id != who.pk and queries.signs_letters(who):
        return _("Another person's name stands under this letter. Only that person can sign it.")
    return ""


def sign_each(request: HttpRequest, chosen: Sequence[Letter], who: User, opened: Mapping[str, str]) -> None:
    """Sign letters one by one and tell of each that was refused; the others stand."""
    done = 0
    for letter in chosen:
        try:
            letters.sign_letter(letter=letter, by=who, seen_sha256=opened[str(letter.pk)])
            done += 1
        except Refused as refusal:
            messages.warning(request, f"{letter.number}: {refusal.message}")
    if done:
        messages.success(request, _("Letters signed: %(count)d.") % {"count": done})
    if not chosen:
        messages.warning(request, _("Please choose at least one letter."))

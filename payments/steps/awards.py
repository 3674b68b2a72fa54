"""What announcement and passing time do to an award."""

from datetime import date, datetime, timedelta

from django.db.models import Max, Q, QuerySet
from django.urls import reverse

from accounts import audit, days
from accounts.clock import berlin_day
from accounts.exceptions import LostRace
from accounts.models import SYSTEM, BankAccount, Person, User
from grants.models import Application
from grants.states import StartRule
from notifications import outbox
from notifications.dates import period_to_sue_ends
from notifications.models import Letter
from notifications.states import DocumentKind, LetterState
from payments.exceptions import StartTooEarly
from payments.models import Award, CaseLetter
from payments.queries import members
from payments.states import AwardState
from payments.steps.letters import owe_to_applicant


def announce(case: CaseLetter, *, now: datetime) -> None:
    """Let an announced letter take its effect: the time to sue starts, the applicant is told (N13, N14)."""
    waiting = CaseLetter.objects.filter(pk=case.pk, announcement_handled_at=None)
    if not waiting.update(announcement_handled_at=now):
        return
    letter = audit.locked(case.letter)
    if letter.state != LetterState.ANNOUNCED or letter.announced_on is None or letter.announced_on > berlin_day(now):
        raise LostRace
    if letter.kind == DocumentKind.AWARD:
        _announce_award(letter.award, on=letter.announced_on)
    _tell(case.application, letter, "N14" if letter.kind == DocumentKind.AWARD else "N13")


def _announce_award(award: Award, *, on: date) -> None:
    until = period_to_sue_ends(on, award.sue_months)
    if award.state == AwardState.ISSUED:
        audit.perform(award.become_notified, by=SYSTEM, on=on, sue_until=until)
    elif award.state == AwardState.NOTIFIED:
        audit.perform(award.announced_again, by=SYSTEM, on=on, sue_until=until)


def _tell(application: Application, letter: Letter, code: str) -> None:
    announced_on = letter.announced_on
    owe_to_applicant(
        code,
        application,
        key=f"{code}:{letter.pk}:{announced_on}",
        context={"announced_on": days.later(days.day, announced_on)},
        link=reverse("grants:application", args=[application.pk]),
    )


def take_back(case: CaseLetter) -> None:
    """A letter came back after its announcement had taken effect: the clock to sue stops, payments are held."""
    handled = CaseLetter.objects.filter(pk=case.pk, announcement_handled_at__isnull=False)
    if not handled.update(announcement_handled_at=None):
        return
    if audit.locked(case.letter).announced_on is not None:
        raise LostRace
    award = Award.objects.filter(letter_id=case.letter_id).first()
    if award is not None and award.state == AwardState.NOTIFIED:
        audit.perform(award.announcement_failed, by=SYSTEM)


def become_final(award: Award, *, on: date, by: Person) -> Award:
    """Make the award final and tell the grantee that money can be requested (N15)."""
    final: Award = audit.perform(award.become_final, by=by, on=on)
    owe_to_applicant(
        "N15",
        award.application,
        key=f"N15:{award.pk}",
        context={"final_on": days.later(days.day, on)},
        link=reverse("payments:award", args=[award.pk]),
    )
    return final


def end_period_to_sue(award: Award, *, today: date) -> None:
    """Make the award final when the period to sue is over and its letter still counts as announced.

    Raises:
        LostRace: the letter came back, or was announced anew, while we waited.
    """
    letter, fresh = audit.locked(award.letter), audit.locked(award)
    if letter.state != LetterState.ANNOUNCED or fresh.sue_until is None or fresh.sue_until >= today:
        raise LostRace
    become_final(award, on=fresh.sue_until + timedelta(days=1), by=SYSTEM)


def require_start(award: Award, *, on: date) -> None:
    """Refuse a start of the project on a day that the rule of its round does not allow.

    Awards whose terms name no rule follow the general one: nothing begins before the letter (LHO § 44, VV no. 1.3).

    Raises:
        StartTooEarly: with the first day on which it may begin.
    """
    application = award.application
    rule = StartRule(award.terms.get("start_rule", StartRule.ON_AWARD))
    first = award.letter.letter_date
    if rule == StartRule.ON_SUBMISSION and application.submitted_at is not None:
        limit = award.terms.get("start_rule_up_to_cents")
        if limit is None or application.cost_cents <= int(limit):
            first = berlin_day(application.submitted_at)
        else:
            rule = StartRule.ON_AWARD
    if on < first:
        raise StartTooEarly(rule, first)


def owe_relinquished(award: Award) -> None:
    """Owe N25."""
    owe_to_applicant(
        "N25",
        award.application,
        key=f"N25:{award.pk}",
        context={},
        link=reverse("payments:award", args=[award.pk]),
    )


def _earlier_accounts(account: BankAccount) -> QuerySet[BankAccount]:
    return BankAccount.objects.filter(
        organisation_id=account.organisation_id, checked_at__isnull=False, pk__lt=account.pk
    )


def owe_account_changed(account: BankAccount) -> None:
    """Tell of a changed account who acts for the organisation, and who entered the earlier ones.

    Somebody who took an account over must not be able to turn the money away unseen.
    """
    earlier = _earlier_accounts(account)
    if not earlier.exists():
        return
    old_contacts = Q(pk__in=members(account.organisation_id)) | Q(pk__in=earlier.values("entered_by"), is_active=True)
    for contact in User.objects.filter(old_contacts).order_by("pk"):
        outbox.owe(
            "ACCOUNT",
            key=f"ACCOUNT:{account.pk}:{contact.pk}",
            to=contact,
            context={
                "organisation": account.organisation.name,
                "account": account.masked,
                "usable_from": days.later(days.day, account.usable_from),
            },
            link=reverse("accounts:organisation", args=[account.organisation_id]),
        )


def usable_from(account: BankAccount, today: date) -> date:
    """Return from when a checked account may be paid to: at once, or after the cooling-off days of a change."""
    if not _earlier_accounts(account).exists():
        return today
    days = Application.objects.filter(organisation_id=account.organisation_id).aggregate(
        days=Max("round__bank_cooling_days")
    )["days"]
    return today + timedelta(days=days or 0)

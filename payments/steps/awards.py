"""What announcement and passing time do to an award."""

from datetime import date, datetime, timedelta

from django.db.models import Max
from django.urls import reverse

from accounts import audit
from accounts.models import SYSTEM, BankAccount, Person
from grants.models import Application
from notifications.dates import fmt_day, period_to_sue_ends
from notifications.models import Letter
from notifications.states import DocumentKind, LetterState
from payments.models import Award, CaseLetter
from payments.states import AwardState
from payments.steps.letters import owe_to_applicant


def announce(case: CaseLetter, *, now: datetime) -> None:
    """Let an announced letter take its effect: the time to sue starts, the applicant is told (N13, N14)."""
    letter = case.letter
    if letter.announced_on is None:
        return
    if letter.kind == DocumentKind.AWARD:
        _announce_award(letter.award, on=letter.announced_on)
    else:
        _tell(case.application, letter, "N13")
    CaseLetter.objects.filter(pk=case.pk).update(announcement_handled_at=now)


def _announce_award(award: Award, *, on: date) -> None:
    until = period_to_sue_ends(on)
    if award.state == AwardState.ISSUED:
        audit.perform(award.become_notified, by=SYSTEM, on=on, sue_until=until)
    elif award.state == AwardState.NOTIFIED:
        audit.perform(award.announced_again, by=SYSTEM, on=on, sue_until=until)
    _tell(award.application, award.letter, "N14")


def _tell(application: Application, letter: Letter, code: str) -> None:
    day = letter.announced_on
    owe_to_applicant(
        code,
        application,
        key=f"{code}:{letter.pk}:{day}",
        context={"announced_on": fmt_day(day) if day else ""},
        link=reverse("grants:application", args=[application.pk]),
    )


def take_back(case: CaseLetter) -> None:
    """A letter came back after its announcement had taken effect: the clock to sue stops, payments are held."""
    award = Award.objects.filter(letter_id=case.letter_id).first()
    if award is not None and award.state == AwardState.NOTIFIED and case.letter.state == LetterState.RETURNED:
        audit.perform(award.announcement_failed, by=SYSTEM)
    CaseLetter.objects.filter(pk=case.pk).update(announcement_handled_at=None)


def become_final(award: Award, *, on: date, by: Person) -> Award:
    """Make the award final and tell the grantee that money can be requested (N15)."""
    final: Award = audit.perform(award.become_final, by=by, on=on)
    owe_to_applicant(
        "N15",
        award.application,
        key=f"N15:{award.pk}",
        context={"final_on": fmt_day(on)},
        link=reverse("payments:award", args=[award.pk]),
    )
    return final


def final_day(award: Award) -> date | None:
    """Return the first day on which the award is final, or None while the clock to sue stands still."""
    return award.sue_until + timedelta(days=1) if award.sue_until else None


def owe_relinquished(award: Award) -> None:
    """Owe N25."""
    owe_to_applicant(
        "N25",
        award.application,
        key=f"N25:{award.pk}",
        context={},
        link=reverse("payments:award", args=[award.pk]),
    )


def usable_from(account: BankAccount, *, today: date) -> date:
    """Return from when a checked account may be paid to: at once, or after the cooling-off days of a change."""
    earlier = BankAccount.objects.filter(
        organisation_id=account.organisation_id, checked_at__isnull=False, pk__lt=account.pk
    )
    if not earlier.exists():
        return today
    days = Application.objects.filter(organisation_id=account.organisation_id).aggregate(
        days=Max("round__bank_cooling_days")
    )["days"]
    return today + timedelta(days=days or 0)

"""Money of last year's round on its way: some paid, some at each step, one that came back."""

from datetime import datetime, timedelta

from accounts import clock
from notifications.actions import letters as mail_room
from notifications.models import Timer
from notifications.states import TimerKind
from payments import tasks
from payments.actions import budget as budget_actions
from payments.actions import letters as letter_actions
from payments.actions import payouts
from payments.bank import PayeeCheck
from payments.models import Award, Budget, Payment
from payments.queries import budget as budget_queries
from payments.states import NameCheck
from payments.states import PaymentState as P
from reviews.demo.people import Cast
from reviews.demo.scenes import Stage, at, living_letters
from reviews.demo.words import PURPOSE

# Where the payments of the finished round stand, one after the other.
AIMS = (P.PAID, P.PAID, P.REQUESTED, P.PAID, P.CHECKED, P.ORDERED, P.PAID, P.EXPORTED, P.REFUSED, P.FAILED, P.CANCELLED)


def announce(stage: Stage, moment: datetime) -> None:
    """The letters go out together, reach people, and become final."""
    at(moment)
    letter_actions.release_letters(round_=stage.reload(), by=stage.cast["koordination"])
    day = clock.berlin_day(at(moment + timedelta(days=1)))
    released = [(letter, letter.version) for letter in living_letters(stage)]
    mail_room.post(letters=released, by=stage.cast["poststelle"], posted_on=day)
    now = at(moment + timedelta(days=6))
    for timer in Timer.objects.filter(kind=TimerKind.LETTER_DEEMED, done_at=None, due_at__lte=now):
        mail_room.deem_announced(timer=timer)
    tasks.sweep()
    at(moment + timedelta(days=45))
    tasks.sweep()


def pay_out(stage: Stage, moment: datetime) -> None:
    """Grantees ask for money; each request goes as far as it is meant to."""
    at(moment)
    final = Award.objects.filter(application__round=stage.round, state="FINAL").select_related("application", "account")
    own = stage.cast["antrag"]
    # The sign-in of the first association keeps an award whose money is still to be requested.
    for place, award in enumerate(a for a in final.order_by("pk") if stage.owner(a.application) != own):
        aim = AIMS[place % len(AIMS)]
        amount = award.amount_cents if aim != P.PAID or place % 2 else award.amount_cents // 2
        payment = payouts.request_payment(
            award=award, amount_cents=max(1, amount), purpose=PURPOSE,
            planned_use_by=clock.berlin_day(moment + timedelta(days=60)), by=stage.owner(award.application),
        )  # fmt: skip
        _move(payment, aim, stage.cast)
    at(moment + timedelta(days=4))
    _settle(stage)


def _move(payment: Payment, aim: P, cast: Cast) -> None:
    """Take a request to the step before the bank, as far as it is meant to go."""
    if aim == P.REFUSED:
        payouts.refuse(payment=payment, by=cast["finanzen-a"], reason="Der Zeitplan fehlt; bitte neu anfordern.")
    elif aim == P.CANCELLED:
        payouts.withdraw_request(payment=payment, by=cast.owners[payment.organisation_id])
    elif aim != P.REQUESTED:
        certified = payouts.certify(payment=payment, by=cast["finanzen-a"])
        if aim != P.CHECKED:
            ordered = payouts.order(payment=certified, by=cast["finanzen-b"])
            if aim != P.ORDERED:
                check = PayeeCheck(ordered.pk, NameCheck.MATCH)
                payouts.export(fund=payment.award.fund, checks=[check], by=cast["kasse"])


def carry_over(stage: Stage, moment: datetime) -> None:
    """At the turn of the year finance carries what is promised and not paid; the head of finance confirms."""
    at(moment)
    for budget in Budget.objects.filter(fund=stage.round.fund, year=stage.round.budget_year):
        cases = {case.pk: case.open_cents for case in budget_queries.open_cases(budget)}
        if cases:
            reason = "Bewilligte Projekte laufen im Folgejahr weiter."
            by = stage.cast["finanzen-a"]
            proposal = budget_actions.propose_carry(budget=budget, cases=cases, reason=reason, by=by)
            budget_actions.confirm(proposal=proposal, by=stage.cast["kaemmerei"])


def _settle(stage: Stage) -> None:
    """The bank's statement: most transfers are booked, one came back, one is not yet there."""
    day = clock.today()
    exported = Payment.objects.filter(fund=stage.round.fund, state=P.EXPORTED).order_by("award", "pk")
    for place, payment in enumerate(exported):
        if place % 5 == 1:
            payouts.bounce(payment=payment, by=stage.cast["kasse"], reason="Konto erloschen (AC04)")
        elif place % 5 != 3:
            payouts.confirm(payment=payment, by=stage.cast["kasse"], booked_on=day)

"""The fund of the journey and everybody in it; the applicant comes in through the pages."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import transaction

from accounts import clock
from accounts.models import Fund, User
from accounts.states import Role
from grants.models import Application, Round
from grants.states import ApplicationState, RoundState, VersionReason
from grants.steps import freeze
from reviews.models import Juror
from tests import factories as make

# A Monday; the round has been open for four weeks.
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CHAIN = [
    {"body": "Ausschuss für Integration", "on": "2026-04-20", "decides": False},
    {"body": "Regionsausschuss", "on": "2026-04-27", "decides": True},
]


@dataclass
class Town:
    """Fund, round, staff, jury, and the other three applications."""

    fund: Fund
    round: Round
    coordinator: User
    officer: User
    second: User
    head: User
    clerk: User
    mail_room: User
    finance_a: User
    finance_b: User
    treasury: User
    finance_head: User
    auditor: User
    jurors: list[User]
    others: dict[str, Application]


def make_town() -> Town:
    """Build the fund with an open round; three associations have sent their applications already."""
    clock.freeze(START)
    fund = make.make_fund(name="Miteinander", slug="miteinander", case_prefix="MIT", purpose="Begegnung und Teilhabe.")
    round_ = make.make_round(
        fund, RoundState.OPEN, name="Miteinander 2026", slug="2026", budget_year=2026, jury_size=5, min_reviews=3,
        quorum=3, committee_chain=CHAIN, opens_at=datetime(2026, 2, 2, 7, 0, tzinfo=UTC),
        deadline_at=datetime(2026, 3, 15, 22, 59, 59, tzinfo=UTC),
    )  # fmt: skip

    def one(name: str, *roles: Role) -> User:
        return make.make_staff(fund, *roles, full_name=name)

    coordinator = one("Katharina Brandt", Role.COORDINATOR)
    head = one("Ruth Hartmann", Role.HEAD_OF_UNIT, Role.SIGNATORY)
    make.make_deputy(fund, principal=head, deputy=coordinator, named_by=make.make_user(), to_date=date(2027, 12, 31))
    return Town(
        fund=fund,
        round=round_,
        coordinator=coordinator,
        officer=one("Sven Ohlendorf", Role.CASE_OFFICER),
        second=one("Aylin Demir", Role.CASE_OFFICER),
        head=head,
        clerk=one("Gregor Winter", Role.COMMITTEE_CLERK),
        mail_room=one("Petra Lindemann", Role.MAIL_ROOM),
        finance_a=one("Anke Petersen", Role.FINANCE_A),
        finance_b=one("Bernd Kowalski", Role.FINANCE_B),
        treasury=one("Karim Haddad", Role.TREASURY),
        finance_head=one("Monika Bauer", Role.HEAD_OF_FINANCE),
        auditor=make.make_auditor(fund, full_name="Rüdiger Prahl"),
        jurors=[make.make_user(full_name=f"Jurorin {name}") for name in ("Albers", "Bondarenko", "Tran", "Okafor")],
        others={
            "partial": _sent(round_, "Nähwerkstatt", 500_000),
            "rejected": _sent(round_, "Reise nach Rom", 300_000),
            "postponed": _sent(round_, "Gartenfest", 200_000),
        },
    )


def _sent(round_: Round, title: str, cents: int) -> Application:
    organisation = make.make_organisation(name=f"{title} e. V.")
    owner = make.make_member(organisation, full_name=f"Vorstand {title}")
    make.make_bank_account(
        organisation, owner, checked_by=make.make_user(), checked_at=clock.now(), usable_from=clock.today()
    )
    made = make.make_application(
        round=round_, state=ApplicationState.SUBMITTED, title=title, requested_cents=cents, applied_cents=cents,
        own_cents=100_000, organisation=organisation, by=owner,
    )  # fmt: skip
    with transaction.atomic():
        freeze(made, reason=VersionReason.SUBMIT, by=made.created_by, now=clock.now())
    return made


def seat_of(town: Town, user: User) -> Juror:
    """Return the seat that a person was given."""
    return Juror.objects.get(round=town.round, user=user)

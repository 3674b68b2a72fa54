"""People, organisations, rounds and cases for tests; whatever is not named is plausible and complete.

Every function writes to the database and may set a protected state at creation. Fields of the record can be
given by name. Add your own at the end of your floor's section.
"""

import itertools
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts import clock
from accounts.guards import lifted
from accounts.models import (
    SYSTEM,
    AffiliationGroup,
    BankAccount,
    Deputy,
    Fund,
    FundRole,
    Membership,
    Organisation,
    User,
)
from accounts.states import MemberRole, OrganisationKind, Role
from grants.models import Application, CostLine, Criterion, FundingLine, Round
from grants.states import ApplicationState, CostKind, FundingKind, RoundState
from notifications.models import Restoration
from notifications.states import RestorationState
from payments import ledger
from payments.models import Budget
from payments.states import SubBudget
from reviews.models import Juror, Review
from reviews.states import ReviewState

PASSWORD = "a-long-enough-password"
IBAN = "DE02120300000000202051"
LONG_AGO = date(2020, 1, 1)
# Code, name and weight of the default rubric (DOMAIN: scoring rubric).
RUBRIC = (
    ("AIM", "Contribution to the fund's aim", 20),
    ("PART", "Active participation", 20),
    ("LOW", "Low threshold and access", 15),
    ("INNO", "Innovation", 15),
    ("SUST", "Lasting after funding", 10),
    ("PLAN", "Feasibility", 10),
    ("TRAN", "Transferable", 5),
    ("COST", "Adequate cost", 5),
)
_numbers = itertools.count(1)


# --- People and organisations -----------------------------------------------------------------------------


def make_user(email: str | None = None, *, verified: bool = True, **fields: Any) -> User:
    """A person with PASSWORD and a confirmed address. Sign in with `client.force_login(user)`."""
    number = next(_numbers)
    email = email or f"person{number}@example.org"
    fields.setdefault("full_name", f"Person {number}")
    user = User.objects.create_user(email, fields.pop("password", PASSWORD), **fields)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    return user


def make_fund(**fields: Any) -> Fund:
    number = next(_numbers)
    return Fund.objects.create(
        **{
            "name": f"Fonds {number}",
            "slug": f"fonds-{number}",
            "authority": "Region Hannover",
            "office": "Koordinierungsstelle Integration",
            "street": "Hildesheimer Straße 20",
            "postcode": "30169",
            "city": "Hannover",
            "email": f"fonds{number}@example.org",
            "case_prefix": f"F{number}",
            "debtor_name": "Region Hannover",
            "debtor_iban": IBAN,
        }
        | fields
    )


def give_role(user: User, fund: Fund | None, role: str, **fields: Any) -> FundRole:
    """A role since long ago; `fund=None` gives it for all funds (auditor and administrator only)."""
    return FundRole.objects.create(user=user, fund=fund, role=role, **{"starts_on": LONG_AGO} | fields)


def make_staff(fund: Fund, *roles: str, limit_cents: int | None = None, **fields: Any) -> User:
    """A person holding `roles` (values of Role) for the fund; `limit_cents` is put on each of them."""
    user = make_user(**fields)
    for role in roles:
        give_role(user, fund, role, limit_cents=limit_cents)
    return user


def make_administrator(**fields: Any) -> User:
    """An administrator of all funds."""
    user = make_user(**fields)
    give_role(user, None, Role.ADMINISTRATOR)
    return user


def make_restoration(*, by: User, **fields: Any) -> Restoration:
    """A backup that was restored and released; nobody has compared with the bank yet."""
    now = clock.now()
    known = {"state": RestorationState.RELEASED, "released_by": by, "released_at": now, "clocks_by": by}
    return Restoration.objects.create(
        **{"source": "20261101T020000Z", "taken_at": now, "restored_at": now, "clocks_at": now} | known | fields
    )


def make_auditor(fund: Fund | None = None, **fields: Any) -> User:
    """An auditor of one fund, or of all."""
    user = make_user(**fields)
    give_role(user, fund, Role.AUDITOR)
    return user


def make_deputy(fund: Fund, *, principal: User, deputy: User, named_by: User, **fields: Any) -> Deputy:
    """`deputy` stands in for `principal` from yesterday to tomorrow."""
    today = clock.today()
    days = {"from_date": today - timedelta(days=1), "to_date": today + timedelta(days=1)}
    return Deputy.objects.create(fund=fund, principal=principal, deputy=deputy, named_by=named_by, **days | fields)


def make_organisation(**fields: Any) -> Organisation:
    number = next(_numbers)
    return Organisation.objects.create(
        **{
            "kind": OrganisationKind.ASSOCIATION,
            "name": f"Verein {number}",
            "legal_form": "e. V.",
            "register_court": "Amtsgericht Hannover",
            "register_number": f"VR {number}",
            "representatives": "Erika Beispiel",
            "street": "Musterweg 1",
            "postcode": "30159",
            "city": "Hannover",
        }
        | fields
    )


def make_member(
    organisation: Organisation, role: str = MemberRole.OWNER, represents: bool | None = None, **fields: Any
) -> User:
    """A new person acting for the organisation; an owner represents it unless told otherwise."""
    user = make_user(**fields)
    bound = role == MemberRole.OWNER if represents is None else represents
    Membership.objects.create(organisation=organisation, user=user, role=role, represents=bound)
    return user


def make_bank_account(organisation: Organisation, entered_by: User, **fields: Any) -> BankAccount:
    """An account that has not been checked yet; give `checked_by`, `checked_at`, `usable_from` to have it."""
    return BankAccount.objects.create(
        organisation=organisation,
        entered_by=entered_by,
        **{"holder": organisation.name[:70], "iban": IBAN} | fields,
    )


def make_group(fund: Fund, *members: Organisation | User, **fields: Any) -> AffiliationGroup:
    """A federation with organisations and people."""
    group = AffiliationGroup.objects.create(fund=fund, **{"name": f"Dachverband {next(_numbers)}"} | fields)
    group.organisations.add(*(m for m in members if isinstance(m, Organisation)))
    group.people.add(*(m for m in members if isinstance(m, User)))
    return group


# --- Rounds and applications ------------------------------------------------------------------------------


def make_round(fund: Fund | None = None, state: str = RoundState.OPEN, **fields: Any) -> Round:
    """A round with the eight default criteria, opened 30 days ago, with 30 days to go."""
    number = next(_numbers)
    now = clock.now().replace(microsecond=0)
    made = Round.objects.create(
        fund=fund or make_fund(),
        state=state,
        **{
            "name": f"Runde {number}",
            "slug": f"runde-{number}",
            "guideline": "Richtlinie 2026",
            "accessibility_checked": True,
            "budget_year": now.year,
            "opens_at": now - timedelta(days=30),
            "deadline_at": now + timedelta(days=30),
        }
        | fields,
    )
    Criterion.objects.bulk_create(
        Criterion(round=made, code=code, name=name, weight=weight, position=position)
        for position, (code, name, weight) in enumerate(RUBRIC, start=1)
    )
    return made


def change_round(round_: Round, **fields: Any) -> None:
    """Set settings of a round that the database keeps as they are since it was published."""
    with transaction.atomic(), lifted("round_fixed", "grants_round"):
        Round.objects.filter(pk=round_.pk).update(**fields)


def make_application(
    *,
    round: Round | None = None,
    organisation: Organisation | None = None,
    by: User | None = None,
    state: str = ApplicationState.DRAFT,
    requested_cents: int = 80_000,
    own_cents: int = 20_000,
    **fields: Any,
) -> Application:
    """A complete, balanced application; beyond DRAFT it has a case number and was sent by `by`.

    Args:
        round: its round (default: a new open one).
        organisation: its organisation (default: a new one).
        by: who made it (default: a new owner with representation).
        state: value of ApplicationState.
        requested_cents: requested grant in cents.
        own_cents: own money in cents; costs are the sum of both, in one eligible line.
        fields: any other field of the record.
    """
    organisation = organisation or make_organisation()
    by = by or make_member(organisation)
    round = round or make_round()
    number, now = next(_numbers), clock.now()
    cost = requested_cents + own_cents
    sent = {
        "case_number": f"{round.fund.case_prefix}-{round.budget_year}-{number:04}",
        "submitted_at": now,
        "submitted_by": by,
    }
    made = Application.objects.create(
        fund=round.fund,
        round=round,
        organisation=organisation,
        created_by=by,
        state=state,
        **{
            "title": f"Projekt {number}",
            "municipality": "Hannover",
            "summary": "Begegnung im Stadtteil.",
            "aims": "60 Menschen lernen sich kennen.",
            "activities": "Zwölf Treffen.",
            "places": "Stadtteilzentrum",
            "starts_on": now.date() + timedelta(days=120),
            "ends_on": now.date() + timedelta(days=300),
            "target_groups": "Nachbarschaft",
            "planned_participants": 60,
            "participation": "Alle planen mit.",
            "contact_name": by.full_name,
            "contact_email": by.email,
            "requested_cents": requested_cents,
            "cost_cents": cost,
            "eligible_cents": cost,
            "funding_cents": own_cents,
            "not_begun": True,
            "financing_secured": True,
            "no_double_funding": True,
            "truthful": True,
            "privacy_read": True,
        }
        | ({} if state in (ApplicationState.DRAFT, ApplicationState.DISCARDED) else sent)
        | fields,
    )
    CostLine.objects.create(
        application=made,
        position=1,
        kind=CostKind.MATERIAL,
        label="Material",
        unit_cents=cost,
        amount_cents=cost,
    )
    if own_cents:
        FundingLine.objects.create(
            application=made,
            position=1,
            kind=FundingKind.OWN_CASH,
            label="Eigenmittel",
            amount_cents=own_cents,
        )
    return made


# --- Money ------------------------------------------------------------------------------------------------


def make_budget(
    fund: Fund,
    year: int = 2026,
    appropriation_cents: int = 15_000_000,
    *,
    in_force_from: date = LONG_AGO,
    sub_budget: SubBudget = SubBudget.JURY,
) -> Budget:
    """A budget voted through the ledger, in force since long ago; 0 cents leaves it without appropriation."""
    with transaction.atomic():
        budget = ledger.open_budget(fund, year, sub_budget)
        budget = ledger.put_in_force(budget, decree="Haushaltssatzung", in_force_from=in_force_from)
        if appropriation_cents:
            ledger.appropriate(budget, appropriation_cents, key=f"appropriate:{budget.pk}", by=SYSTEM)
    budget.refresh_from_db()
    return budget


# --- Jury -------------------------------------------------------------------------------------------------


def make_juror(round: Round, chairs: bool = False, *, user: User | None = None, **fields: Any) -> Juror:
    """A seat in the round's jury for `user` (default: a new person)."""
    return Juror.objects.create(round=round, user=user or make_user(), chairs=chairs, **fields)


def make_review(application: Application, juror: Juror, state: str = ReviewState.ASSIGNED, **fields: Any) -> Review:
    """A sheet without scores."""
    return Review.objects.create(application=application, juror=juror, state=state, **fields)

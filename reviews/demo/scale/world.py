"""The neighbours of the main fund: funds with their staff and budgets, jurors, and who applies."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import audit, bulk
from accounts import steps as accounts
from accounts.models import BankAccount, Fund, Membership, Organisation, User
from accounts.states import MemberRole
from payments import ledger
from payments.models import Budget
from payments.states import SubBudget
from reviews.demo.people import OTHERS, STAFF, Cast, sign_in
from reviews.demo.scale import texts
from reviews.demo.scale.constants import DENSE_JURORS, JURORS_PER_ROUND, ROUND_MONEY_CENTS, YEARS
from reviews.demo.scale.outline import Outline, district
from reviews.demo.words import STREETS

# Bank code and length of an account number in the invented accounts.
_BANK = "25050180"
_BATCH = 500


@dataclass
class World:
    """Who and what there is, by number; everything else is read again for each round."""

    cast: Cast
    today: date
    seed: int
    funds: list[Fund]
    jurors: list[list[User]] = field(default_factory=list)
    dense_jurors: list[User] = field(default_factory=list)
    organisations: "array[int]" = field(default_factory=lambda: array("q"))
    budgets: dict[tuple[int, int], int] = field(default_factory=dict)

    def random(self, *parts: object) -> Random:
        """Return chance that hangs on the seed and on what it is for."""
        return Random(":".join(map(str, (self.seed, *parts))))  # noqa: S311 - invented data, no secret


def add_funds(world: World, count: int) -> None:
    """Add so many funds with the demo's staff, and three jurors for every fund."""
    since = date(world.today.year - YEARS - 1, 1, 1)
    with transaction.atomic():
        for number in range(1, count):
            fund = _fund(number)
            _hire(fund, world.cast, since)
            world.funds.append(fund)
        for number in range(count):
            world.jurors.append([_juror(world, number, seat) for seat in range(JURORS_PER_ROUND)])
        names = [texts.person(world.random("dense", name)) for name in DENSE_JURORS]
        world.dense_jurors = [sign_in(name, full) for name, full in zip(DENSE_JURORS, names, strict=True)]


def _fund(number: int) -> Fund:
    name, slug, prefix = district(number)
    return Fund.objects.create(
        name=f"Integrationsbeirat {name}", slug=slug, case_prefix=prefix, authority="Landeshauptstadt Hannover",
        purpose="Projekte im Stadtbezirk, entschieden vom Integrationsbeirat.", postcode="30159", city="Hannover",
        office=f"Stadtbezirksmanagement {name}", street="Trammplatz 2", email=f"{slug}@demo.example",
        debtor_name="Landeshauptstadt Hannover", debtor_iban="DE02500105170137075030",
    )  # fmt: skip


def _hire(fund: Fund, cast: Cast, since: date) -> None:
    for name, _full_name, roles in STAFF:
        for role in roles:
            accounts.give_role(user=cast[name], role=role, fund=fund, by=cast["admin"], starts_on=since)
    accounts.name_deputy(
        fund=fund, principal=cast["leitung"], deputy=cast["koordination"], from_date=since,
        to_date=date(since.year + YEARS + 2, 12, 31), by=cast["admin"],
    )  # fmt: skip


def _juror(world: World, fund: int, seat: int) -> User:
    return sign_in(f"jury-{fund}-{seat}", texts.person(world.random("juror", fund, seat)), password=False)


# --- Budgets -----------------------------------------------------------------------------------------------


def add_budgets(world: World, rounds: list[Outline]) -> None:
    """Open the budgets of all years with money for every round, and block some of it for a while."""
    wanted: dict[tuple[int, int], int] = {}
    for outline in rounds:
        wanted[outline.fund, outline.year] = wanted.get((outline.fund, outline.year), 0) + outline.money_cents
    for number, fund in enumerate(world.funds):
        with transaction.atomic():
            for year in range(world.today.year - YEARS, world.today.year + 2):
                money = max(ROUND_MONEY_CENTS, wanted.get((number, year), 0))
                world.budgets[number, year] = _budget(world, fund, year, money)


def _budget(world: World, fund: Fund, year: int, money_cents: int) -> int:
    budget = ledger.open_budget(fund, year, SubBudget.JURY)
    by, key = world.cast["kaemmerei"], f"scale:{budget.pk}"
    if budget.appropriation_cents:
        ledger.supplement(budget, money_cents, key=f"{key}:supplement", by=by, reason="Weitere Runden")
        return int(budget.pk)
    decree = f"Haushaltssatzung {year}"
    ledger.put_in_force(budget, decree=decree, in_force_from=date(year, 1, 1))
    ledger.appropriate(budget, money_cents, key=key, by=by, reason=decree)
    blocked = money_cents // 20
    ledger.block(budget, blocked, key=f"{key}:block", by=by, reason="Haushaltssperre")
    ledger.unblock(budget, blocked, key=f"{key}:unblock", by=by, reason="Sperre aufgehoben")
    return int(budget.pk)


def close_old_years(world: World, at: datetime) -> None:
    """Let what is left of the years before last year lapse, and close their books, oldest first."""
    by = world.cast["kaemmerei"]
    for (number, year), pk in sorted(world.budgets.items(), key=lambda item: item[0][1]):
        if year >= world.today.year - 1:
            continue
        with transaction.atomic():
            budget = ledger.lock(Budget(pk=pk, fund=world.funds[number]))
            if budget.available_cents:
                ledger.lapse(budget, budget.available_cents, key=f"scale:{pk}:lapse", by=by)
            ledger.close_year(budget, at=at)


# --- Organisations -----------------------------------------------------------------------------------------


def add_organisations(world: World, count: int, at: datetime) -> Iterator[int]:
    """Add so many organisations, each with an owner who may sign in and a checked account; yield how many so far."""
    password = make_password(settings.DEMO_PASSWORD)
    numbers = iter(range(count))
    while batch := list(islice(numbers, _BATCH)):
        with transaction.atomic():
            _found(world, batch, at, password)
        yield len(batch)


def _found(world: World, batch: list[int], at: datetime, password: str) -> None:
    people, organisations = bulk.numbers(User, len(batch)), bulk.numbers(Organisation, len(batch))
    founded = [_one(world, number, next(people), next(organisations), at=at, password=password) for number in batch]
    bulk.write([person for person, _organisation in founded])
    bulk.write([organisation for _person, organisation in founded])
    bulk.write([EmailAddress(user=who, email=who.email, primary=True, verified=True) for who, _what in founded])
    bulk.write([
        Membership(organisation=what, user=who, role=MemberRole.OWNER.value, represents=True, joined_at=at)
        for who, what in founded
    ])  # fmt: skip
    bulk.write([_account(world, number, who, what, at) for number, (who, what) in zip(batch, founded, strict=True)])
    audit.record_many(_history(who, what, at) for who, what in founded)
    world.organisations.extend(what.pk for _who, what in founded)


def _one(
    world: World, number: int, person: int, organisation: int, *, at: datetime, password: str
) -> tuple[User, Organisation]:
    random = world.random("organisation", number)
    named, (_place, town) = texts.organisation(number), texts.PLACES[number % len(texts.PLACES)]
    owner = User(
        pk=person, email=f"vorstand{number}@{OTHERS}", full_name=texts.person(random), language="de",
        password=password, joined_at=at,
    )  # fmt: skip
    registered = named.legal_form == "e. V."
    founded = Organisation(
        pk=organisation, kind=named.kind.value, name=named.name, legal_form=named.legal_form,
        register_court="Amtsgericht Hannover" if registered else "",
        register_number=f"VR {30_000 + number}" if registered else "", representatives=owner.full_name,
        street=f"{random.choice(STREETS)} {random.randint(1, 90)}", postcode=f"30{random.randint(159, 669)}",
        city=town, created_at=at,
    )  # fmt: skip
    owner.index()
    founded.index()
    return owner, founded


def _account(world: World, number: int, owner: User, organisation: Organisation, at: datetime) -> BankAccount:
    account = BankAccount(
        organisation=organisation, holder=organisation.name[:70], iban=iban(5_000_000 + number), entered_by=owner,
        entered_at=at, checked_by=world.cast["sachbearbeitung"], checked_at=at + timedelta(days=1),
        usable_from=at.date() + timedelta(days=1),
    )  # fmt: skip
    account.identify()
    return account


def iban(account: int) -> str:
    """Return the IBAN of an invented account: check digits by ISO 7064, MOD 97-10."""
    plain = f"{_BANK}{account:010}"
    # D is 13, E is 14; the check digits count as 00.
    return f"DE{98 - int(plain + '131400') % 97:02}{plain}"


def _history(owner: User, organisation: Organisation, at: datetime) -> audit.Line:
    return audit.Line(
        at, owner.pk, None, "", audit.subject_type(organisation), organisation.pk, organisation.name[:200],
        "create_organisation",
    )  # fmt: skip

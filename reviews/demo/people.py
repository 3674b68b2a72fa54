"""The demo's staff, jury and applicants. Whoever can sign in has the demo's password; all others have none."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings

from accounts import clock
from accounts import steps as accounts
from accounts.models import Fund, Organisation, User
from accounts.states import Role

DOMAIN = "demo.example"
# Invented people who never sign in; they are not listed among the demo sign-ins.
OTHERS = "verein.example"

# local part of the address, name, role in the main fund
STAFF: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("koordination", "Katharina Brandt", (Role.COORDINATOR,)),
    ("sachbearbeitung", "Sven Ohlendorf", (Role.CASE_OFFICER,)),
    ("sachbearbeitung2", "Aylin Demir", (Role.CASE_OFFICER,)),
    ("leitung", "Dr. Ruth Hartmann", (Role.HEAD_OF_UNIT, Role.SIGNATORY)),
    ("gremium", "Gregor Winter", (Role.COMMITTEE_CLERK,)),
    ("poststelle", "Petra Lindemann", (Role.MAIL_ROOM,)),
    ("finanzen-a", "Anke Petersen", (Role.FINANCE_A,)),
    ("finanzen-b", "Bernd Kowalski", (Role.FINANCE_B,)),
    ("kasse", "Karim Haddad", (Role.TREASURY,)),
    ("kaemmerei", "Monika Bauer", (Role.HEAD_OF_FINANCE,)),
)
DISTRICT_ROLES = (
    Role.COORDINATOR, Role.CASE_OFFICER, Role.COMMITTEE_CLERK, Role.HEAD_OF_UNIT, Role.HEAD_OF_FINANCE,
)  # fmt: skip
JURORS = (
    "Miriam Okafor", "Prof. Dr. Jan Reuter", "Gülay Özdemir", "Thomas Albers", "Iryna Bondarenko", "Hoa Tran",
)  # fmt: skip


@dataclass
class Cast:
    """Everybody of the demo by the local part of the address."""

    people: dict[str, User] = field(default_factory=dict)
    owners: dict[int, User] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def owner(self, organisation: Organisation) -> User:
        """Return who signs for an organisation."""
        return self.owners[organisation.pk]

    @property
    def jurors(self) -> list[User]:
        return [self.people[f"jury{number}"] for number in range(1, len(JURORS) + 1)]


def sign_in(name: str, full_name: str, *, password: bool = True) -> User:
    """Create a person of the demo with a confirmed address."""
    user = User.objects.create_user(
        f"{name}@{DOMAIN if password else OTHERS}",
        settings.DEMO_PASSWORD if password else None,
        full_name=full_name,
        language="de",
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def hire(main: Fund, district: Fund) -> Cast:
    """Create all staff and jurors with their roles since the start of last year."""
    since = date(clock.today().year - 1, 1, 1) - timedelta(days=30)
    cast = Cast()
    admin = cast.people["admin"] = sign_in("admin", "Ada Winkler")
    accounts.give_role(user=admin, role=Role.ADMINISTRATOR, fund=None, by=None, starts_on=since)
    for name, full_name, roles in STAFF:
        cast.people[name] = sign_in(name, full_name)
        for role in roles:
            accounts.give_role(user=cast.people[name], role=role, fund=main, by=admin, starts_on=since)
    # Who signs letters does not release them: the coordinator stands in for the head of unit.
    accounts.name_deputy(
        fund=main, principal=cast["leitung"], deputy=cast["koordination"], from_date=since,
        to_date=date(clock.today().year + 1, 12, 31), by=admin,
    )  # fmt: skip
    auditor = cast.people["pruefung"] = sign_in("pruefung", "Rüdiger Prahl")
    accounts.give_role(user=auditor, role=Role.AUDITOR, fund=None, by=admin, starts_on=since)
    cast.people["bezirk"] = sign_in("bezirk", "Bettina Zimmermann")
    for role in DISTRICT_ROLES:
        accounts.give_role(user=cast.people["bezirk"], role=role, fund=district, by=admin, starts_on=since)
    for number, full_name in enumerate(JURORS, start=1):
        cast.people[f"jury{number}"] = sign_in(f"jury{number}", full_name)
    return cast

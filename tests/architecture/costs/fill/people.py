"""Many people, associations, funds and texts."""

from accounts import audit, clock
from accounts.models import AuditEntry, Fund, FundRole, LegalText, Membership, User
from accounts.states import Role
from tests.architecture.costs.fill.copying import Filling, code, copies, mark, pk_of
from tests.world import Side


def people(number: int) -> list[User]:
    return User.objects.bulk_create(
        User(email=f"{code(n)}@example.org", full_name=mark(n), search_key=code(n)) for n in range(number)
    )


def demo_people(_side: Side, number: int) -> None:
    """More people of the demo, who do nothing."""
    User.objects.bulk_create(User(email=f"{code(n)}@demo.example", full_name=mark(n)) for n in range(number))


def staff(side: Side, number: int) -> None:
    """More people in the office of the fund."""
    for user in people(number):
        FundRole.objects.create(
            user=user, fund=side.fund, role=Role.CASE_OFFICER, starts_on=clock.today(), given_by=side.staff.head
        )


def members(side: Side, number: int) -> None:
    """More people of the association."""
    made = people(number)
    copies(side.membership, number, user_id=pk_of(made))


def associations(side: Side, number: int) -> None:
    """More associations for which the owner acts."""
    made = copies(side.organisation, number, name=mark, search_key=code)
    own = Membership.objects.get(user=side.owner)
    copies(own, number, organisation_id=pk_of(made))


def funds(side: Side, number: int) -> list[Fund]:
    return copies(side.fund, number, name=mark, slug=code)


def roles(side: Side, number: int) -> None:
    """Ended roles of one person."""
    ended = {"ended_at": clock.now(), "ended_by": side.staff.head}
    copies(side.role, number, limit_cents=lambda n: n * 100 + 77, **ended)


def groups(side: Side, number: int) -> None:
    """Federations with one association each."""
    for group in copies(side.group, number, name=mark):
        group.organisations.add(side.organisation)


def legal_versions(side: Side, number: int) -> list[LegalText]:
    return copies(side.legal_version, number, body=mark)


def history(name: str) -> Filling:
    """A long history of the side's record of this name."""

    def fill(side: Side, number: int) -> None:
        subject = getattr(side, name)
        AuditEntry.objects.bulk_create(
            AuditEntry(
                actor=side.staff.officer, fund=side.fund, case_key=getattr(subject, "case_key", ""),
                subject_type=audit.subject_type(subject), subject_id=subject.pk, subject_label="x", action="edit",
                reason=mark(n),
            )
            for n in range(number)
        )  # fmt: skip

    return fill

"""Which funds still have to ask the bank what a restored backup does not know."""

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Fund, Person
from accounts.permissions import fund_ids
from accounts.states import Role
from notifications.models import Restoration
from payments.models import BankComparison


def uncompared(fund: Fund) -> QuerySet[Restoration]:
    """Return the restored backups whose lost time nobody has compared with the bank for this fund."""
    return Restoration.objects.exclude(comparisons__fund=fund)


def funds_to_compare(person: Person) -> list[Fund]:
    """Return the funds for which the person pays and that make no payment file before the comparison (one query)."""
    mine = fund_ids(person, Role.TREASURY)
    if mine == set():
        return []
    done = BankComparison.objects.filter(fund=OuterRef(OuterRef("pk")), restoration=OuterRef("pk"))
    funds = Fund.objects.filter(Exists(Restoration.objects.exclude(Exists(done))))
    return list(funds if mine is None else funds.filter(pk__in=mine))

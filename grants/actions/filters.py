"""A person's own filters of the list of cases: kept, renamed, deleted."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from grants.exceptions import FilterNameTaken, TooManyFilters
from grants.models import SavedFilter
from grants.states import FILTERS_AT_MOST


def save_filter(*, by: User, name: str, query: str) -> SavedFilter:
    """Keep filters under a name.

    Args:
        by: whose they are.
        name: not used yet.
        query: of the list's address.

    Raises:
        FilterNameTaken: another one has this name.
        TooManyFilters: every place is taken.
    """
    with transaction.atomic(durable=True):
        # One person, one at a time: two presses find one place each.
        audit.locked(by)
        known = dict(SavedFilter.objects.filter(person=by).values_list("place", "name"))
        if name in known.values():
            raise FilterNameTaken
        place = next((place for place in range(1, FILTERS_AT_MOST + 1) if place not in known), None)
        if place is None:
            raise TooManyFilters
        return SavedFilter.objects.create(person=by, place=place, name=name, query=query)


def rename_filter(*, kept: SavedFilter, by: User, name: str) -> None:
    """Give a filter of one's own another name. Raises: FilterNameTaken."""
    with transaction.atomic(durable=True):
        audit.locked(by)
        others = SavedFilter.objects.filter(person=by).exclude(pk=kept.pk)
        if others.filter(name=name).exists():
            raise FilterNameTaken
        SavedFilter.objects.filter(pk=kept.pk, person=by).update(name=name)


def delete_filter(*, kept: SavedFilter, by: User) -> None:
    """Keep a filter no longer."""
    with transaction.atomic(durable=True):
        SavedFilter.objects.filter(pk=kept.pk, person=by).delete()

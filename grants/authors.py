"""Who last changed which entry, and in which version: what lets two people write in one application side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from accounts.models import Membership, User
from accounts.states import MemberRole
from grants.models import Application

_FIRST: Final = 1


@dataclass(frozen=True)
class Stamp:
    """Of one entry: the version of the record in which it got its value, who gave it, and on which open page.

    A page makes itself a name when it is opened. What it saved itself is no news to it, also when the answer to that
    save was lost on the way.
    """

    version: int
    user_id: int
    page: str = ""


def mark(application: Application, names: Iterable[str], *, by: User, page: str) -> None:
    """Note that these entries got their values in the version that is being saved."""
    stamp = [application.version, by.pk, page]
    application.entry_versions |= dict.fromkeys(names, stamp)


def stamp_of(application: Application, name: str) -> Stamp:
    """Return who changed an entry last; what was never changed is from who began the draft."""
    known = application.entry_versions.get(name)
    return Stamp(*known) if known else Stamp(_FIRST, application.created_by_id)


def news(application: Application, names: Iterable[str], *, seen_version: int, page: str) -> dict[str, Stamp]:
    """Return which of these entries others changed since a version.

    Args:
        application: as it is now.
        names: entries to look at.
        seen_version: what the reader has seen; more than there is counts as nothing.
        page: name of the reader's open page; "" knows of no changes of its own.
    """
    seen = seen_version if seen_version <= application.version else 0
    stamps = {name: stamp_of(application, name) for name in names}
    return {name: stamp for name, stamp in stamps.items() if stamp.version > seen and not (page and stamp.page == page)}


def others_write(application: Application, person: User) -> bool:
    """Tell whether somebody else may write in it, too, so that a page has to look for their changes."""
    if application.organisation_id is None:
        return False
    others = Membership.objects.filter(
        organisation=application.organisation_id, ended_at=None, role__in=[MemberRole.OWNER, MemberRole.EDITOR]
    )
    return others.exclude(user=person).exists()

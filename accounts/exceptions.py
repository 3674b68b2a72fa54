"""What a door refuses, by name; views turn these into messages a person can act on."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


class Refused(Exception):
    """A step that cannot be done; `message` says why and what to do, in the reader's language."""

    message: str | StrPromise = _("This step is not possible now.")

    def __init__(self, message: str | StrPromise | None = None) -> None:
        self.message = message if message is not None else self.message
        super().__init__(str(self.message))


class NotPermitted(Refused):
    """The person lacks the right; pages answer 404."""

    message = _("You may not do this.")


class LostRace(Refused):
    """Somebody was faster, or the page was old; pages answer 409 and keep the text."""

    message = _("Somebody else was faster. Please look at the current state and decide again.")


class Busy(LostRace):
    """Somebody else held the record for too long; nothing was done."""

    message = _("Many people are working on this at the moment. Please try again.")


class NotPossible(Refused):
    """The record is not in a state, or lacks something, for this step."""


class DayIsPast(Refused):
    message = _("Choose today or a later day: what letters stated until now stays as it was.")


class NeedsReason(Refused):
    message = _("Please give a reason.")


class SecondPersonNeeded(Refused):
    """The step needs a person other than the one of the first half."""

    message = _("This step needs a second person. You did the first half yourself.")


class RoleExcluded(Refused):
    """Auditor and administrator hold no other role; nobody else becomes one beside another role."""

    message = _(
        "An auditor or administrator holds no other role at the same time. "
        "Please end the other role first, or choose another period."
    )


class NotToOneself(Refused):
    message = _("Nobody gives or takes a role of their own. Please ask another administrator.")


class AlreadyHeld(Refused):
    message = _("This person holds this role already.")


class LastRepresentative(Refused):
    message = _(
        "Somebody must stay who owns and represents the organisation. "
        "Please mark another owner as representative first."
    )


class AlreadyMember(Refused):
    message = _("This person is a member already.")


class LinkInvalid(Refused):
    """The link of an invitation is unknown, used, withdrawn or too old."""

    message = _("This link is no longer valid. Please ask for a new invitation.")


class BankAccountKnown(Refused):
    message = _("This bank account is already entered for the organisation.")

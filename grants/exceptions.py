"""What the doors of this floor refuse."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.exceptions import LostRace, NotPossible, Refused
from grants.rules import Problem


class AlreadySent(LostRace):
    """A second press, or a second tab: the application was sent before, once."""

    message = _("This application has already been sent. It was received once.")


class Changed(LostRace):
    """The form is older than the record."""

    message = _(
        "This application was changed elsewhere since you opened the page. What you typed is still here:"
        " compare, then save again."
    )


class Incomplete(Refused):
    """Something must be mended before sending; `problems` lists it."""

    message = _("The application is not complete yet. Please mend what is listed.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = list(problems)


class RoundNotOpen(NotPossible):
    message = _("This round does not take applications now.")


class NotReopened(NotPossible):
    """The office did not ask for this entry."""

    message = _("This entry cannot be changed now. Only what the office asked for is open.")


class TooLate(NotPossible):
    message = _("The application can no longer be withdrawn here. Please write to the office.")


class BadFile(Refused):
    """A file that the fund cannot take; the message says why and what to do."""

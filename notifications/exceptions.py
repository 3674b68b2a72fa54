"""What the doors of this floor refuse."""

from django.utils.translation import gettext_lazy as _

from accounts.exceptions import Refused


class BadLetter(Refused):
    """The data of a letter cannot be drawn: something is missing, or a placeholder was left in a text."""

    message = _("The letter cannot be drawn from this data. Please check the texts of the case.")


class TextChanged(Refused):
    """What the person read is not what would be approved or signed."""

    message = _("The letter is not the one you read. Please open it again and read it before you go on.")


class BadDay(Refused):
    """A day of dispatch or return that cannot be true."""


class TooManyInvitations(Refused):
    """One organisation or person has asked more people than there is need for."""


class AddressOpen(Refused):
    """A letter that came back, and nobody knows yet where it reaches its addressee."""

    message = _("This letter came back. It can be posted again when the case officer has confirmed the address.")


class FileDamaged(Refused):
    """The stored file is missing or its content changed."""

    message = _("The stored file is damaged. Please tell the operator; do not send it to anybody.")


class ClocksBehind(Refused):
    """The clocks have not caught up with the time that the backup does not know."""

    message = _("The clocks have not caught up yet. Please wait until nothing new was held back for three minutes.")

"""What files a round takes: of which kinds, and how large; and how that is told."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from grants.exceptions import BadFile
from grants.filetypes import CSV, KINDS, XLSX, Kind
from grants.models import Application, Round, StoredFile

MEGABYTE: Final = 1024 * 1024
# Endings that mean the same as the one a kind has here.
_ALSO: Final = {"jpg": (".jpeg",)}


@dataclass(frozen=True)
class Limits:
    """The kinds that are taken, and the size of one file in bytes."""

    kinds: tuple[Kind, ...]
    max_bytes: int

    @property
    def accept(self) -> str:
        """What a file chooser is told to offer; a telephone that keeps its photos in another form turns them."""
        found = [part for kind in self.kinds for part in _endings(kind)]
        return ",".join(found)

    def told(self) -> str:
        """Return the limits as a sentence."""
        return _("%(kinds)s, up to %(size)s MB each.") % {"kinds": self._names(), "size": self._megabytes()}

    def not_taken(self) -> str:
        """Return what to tell somebody whose file is of another kind."""
        return _("This kind of file is not taken here. Please send %(kinds)s.") % {"kinds": self._names()}

    def too_large(self) -> str:
        """Return what to tell somebody whose file is above the limit."""
        text = _("The file is larger than %(limit)s MB. Please send a smaller one, for example as PDF.")
        if CSV in self.kinds:
            text = _("The file is larger than %(limit)s MB. Please divide the list into several files.")
        return text % {"limit": self._megabytes()}

    def check(self, file: StoredFile) -> None:
        """Refuse a stored file that this round would not have taken. Raises: BadFile."""
        if file.content_type not in {kind.content_type for kind in self.kinds}:
            raise BadFile(self.not_taken())
        if file.size > self.max_bytes:
            raise BadFile(self.too_large())

    def _names(self) -> str:
        return str(get_text_list([kind.extension.upper() for kind in self.kinds], _("or")))

    def _megabytes(self) -> int:
        return self.max_bytes // MEGABYTE


def _endings(kind: Kind) -> tuple[str, ...]:
    return (f".{kind.extension}", *_ALSO.get(kind.extension, ()), kind.content_type)


def limits_of(round_: Round | None = None) -> Limits:
    """Return what a round takes; without one, or without settings of its own, whatever the product takes."""
    extensions = round_.file_types if round_ else []
    own = round_.file_max_bytes if round_ else None
    kinds = tuple(kind for kind in KINDS if not extensions or kind.extension in extensions)
    return Limits(kinds, min(own or settings.UPLOAD_MAX_BYTES, settings.UPLOAD_MAX_BYTES))


def limits_for(application: Application) -> Limits:
    """Return what the round of an application takes, without loading the whole round (one query)."""
    return limits_of(Round.objects.only("file_types", "file_max_bytes").get(pk=application.round_id))


#: Lists from a spreadsheet.
LISTS: Final = Limits((XLSX, CSV), 10 * MEGABYTE)

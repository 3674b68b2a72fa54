"""The demo's legal pages: every place that an operator has to fill in is filled in, with invented words."""

import re
from typing import Final

from accounts import steps as accounts
from accounts.context import LEGAL_PAGES
from accounts.models import User
from accounts.queries import LEGAL_LANGUAGES, default_legal_text

# What stands in the open place, and what the demo says there. All others are said as they stand.
_SAID: Final = {
    "TT.MM.JJJJ": "2. Januar 2025",
    "DD.MM.YYYY": "2 January 2025",
    "DE 000 000 000": "DE 000 000 000 (Demo)",
    "Name des Rechenzentrums": "einem erfundenen Rechenzentrum",
    "name of the data centre": "an invented data centre",
    "Weitere bekannte Ausnahmen, oder: weitere Ausnahmen sind uns nicht bekannt": "Weitere sind uns nicht bekannt.",
    "Further known exceptions, or: we know of no further exceptions": "We know of no further ones.",
    "Koordinierungsstelle Integration, Name der Leitung, Anschrift wie oben": (
        "Koordinierungsstelle Integration, Dr. Ruth Hartmann, Anschrift wie oben"
    ),
    "Koordinierungsstelle Integration, name of the head, address as above": (
        "Koordinierungsstelle Integration, Dr. Ruth Hartmann, address as above"
    ),
}
_OPEN: Final = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


def publish(by: User) -> None:
    """Publish all legal pages in all languages."""
    for slug, _title in LEGAL_PAGES:
        for language in LEGAL_LANGUAGES:
            text = _OPEN.sub(lambda place: _SAID.get(place[1], place[1]), default_legal_text(slug, language))
            accounts.publish_legal_text(slug=slug, language=language, body=text, by=by)

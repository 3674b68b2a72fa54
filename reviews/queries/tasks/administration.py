"""What waits for administrators: mails that failed, texts to fill in, the first steps of an installation."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from accounts.context import LEGAL_PAGES
from accounts.models import Fund, FundRole, User
from accounts.permissions import Held, administers_all
from accounts.prose import has_open_places
from accounts.queries import LEGAL_LANGUAGES, current_legal_texts, default_legal_text
from accounts.states import Role
from notifications.queries import stuck
from reviews.queries.tasks.line import Task, has, link


def administration(person: User, held: tuple[Held, ...]) -> Iterator[Task]:
    """Yield what an administrator has to look at."""
    if not has(held, Role.ADMINISTRATOR):
        return
    yield Task(_("Messages that could not be sent"), link("notifications:outbox"), count=stuck(person).count())
    if not administers_all(person):
        return
    yield Task(_("Legal pages with gaps to fill in"), link("accounts:legal_list"), count=_open_pages())
    if not FundRole.objects.filter(fund__isnull=False).exists():
        known = Fund.objects.exists()
        title = _("Next: invite the people of the fund") if known else _("First: enter the fund")
        yield Task(title, link("notifications:staff_invitations") if known else link("accounts:fund_create"))


def _open_pages() -> int:
    """How many legal pages, counted once per language, still have places to fill in (one query)."""
    current = current_legal_texts()
    pages = [(slug, language) for slug, _title in LEGAL_PAGES for language in LEGAL_LANGUAGES]
    texts = (current[page].body if page in current else default_legal_text(*page) for page in pages)
    return sum(has_open_places(text) for text in texts)

"""The languages of pages and mails, as settings know them; a form asks when it is drawn, not when it is imported."""

from django.conf import settings


def choices() -> list[tuple[str, str]]:
    """Return code and own name of each language."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


def name_of(code: str) -> str:
    """Return how a language calls itself; the code when it is gone."""
    return dict(choices()).get(code, code)


def tag_of(code: str) -> str:
    """Return what browsers, screen readers and mail programs are told: a tag as the web knows it (BCP 47)."""
    return str(settings.LANGUAGE_TAGS.get(code, code))

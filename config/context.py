"""What every page may know about the installation."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Return the product's name and whether this is a demo with invented data."""
    return {"SITE_NAME": settings.SITE_NAME, "DEMO": settings.DEMO}

"""Every address of the product."""

from django.urls import URLPattern, URLResolver, include, path

from accounts.views import set_language
from config.views import health, health_details, metrics
from reviews.views.home import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("health/", health, name="health"),
    path("health/details/", health_details, name="health_details"),
    path("metrics/", metrics, name="metrics"),
    path("sprache/", set_language, name="set_language"),
    path("konto/", include("allauth.account.urls")),
    path("konto/2fa/", include("allauth.mfa.urls")),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    # Payments first: its page of a case extends, under the same address, the one of grants.
    path("", include("payments.urls")),
    path("", include("grants.urls")),
    path("", include("reviews.urls")),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.broken"

"""Addresses of accounts."""

from django.urls import URLPattern, URLResolver, path

from accounts.views_gallery import gallery

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("gallery/", gallery, name="gallery"),
]

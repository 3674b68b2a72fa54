"""The product's addresses, and beside them the floor against which its pages are measured."""

from django.urls import URLPattern, URLResolver, path

from benchmarks.views import floor
from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as product

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = [path("bench/floor/", floor), *product]

"""The ceilings: pages of a bare Django application on the same database."""

from django.urls import path

from benchmarks import views
from config.views import health

urlpatterns = [
    path("health/", health),
    path("bench/template/", views.template_only),
    path("bench/query/", views.one_query),
    path("bench/list/", views.bare_list),
    path("bench/rows/", views.bare_rows),
    path("bench/rows/<int:pk>/", views.row, name="row"),
    path("bench/signed-in/", views.signed_in),
]

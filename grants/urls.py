"""Addresses of grants."""

from django.urls import URLPattern, URLResolver, path

from grants.views import applications, calls, files, sections, sending

app_name = "grants"
urlpatterns: list[URLPattern | URLResolver] = [
    path("calls/", calls.calls, name="calls"),
    path("calls/<slug:fund>/<slug:slug>/", calls.call, name="call"),
    path("calls/<slug:fund>/<slug:slug>/start/", calls.start, name="start"),
    path("applications/", applications.applications, name="applications"),
    path("applications/<int:pk>/", applications.application, name="application"),
    path("applications/<int:pk>/steps/<slug:name>/", sections.section, name="section"),
    path("applications/<int:pk>/steps/<slug:name>/autosave/", sections.autosave, name="autosave"),
    path("applications/<int:pk>/files/", files.files, name="files"),
    path("applications/<int:pk>/files/<int:file_pk>/", files.download, name="file"),
    path("applications/<int:pk>/files/<int:file_pk>/remove/", files.remove, name="file_remove"),
    path("applications/<int:pk>/review/", sending.review, name="review"),
    path("applications/<int:pk>/receipt/", sending.receipt, name="receipt"),
    path("applications/<int:pk>/copy/", applications.copy, name="copy"),
    path("applications/<int:pk>/versions/<int:number>/", applications.version, name="version"),
    path("applications/<int:pk>/discard/", sending.discard, name="discard"),
    path("applications/<int:pk>/withdraw/", sending.withdraw, name="withdraw"),
    path("applications/<int:pk>/resubmit/", sending.resubmit, name="resubmit"),
    path("applications/<int:pk>/plan/", sending.send_plan, name="send_plan"),
]

"""Addresses of grants."""

from django.urls import URLPattern, URLResolver, path

from grants.views import (
    applications,
    calls,
    files,
    office_acts,
    office_check,
    office_list,
    round_acts,
    round_settings,
    sections,
    sending,
)

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
    path("applications/<int:pk>/resubmit/", sending.resubmit, name="resubmit"),
    path("applications/<int:pk>/plan/", sending.send_plan, name="send_plan"),
    path("office/applications/", office_list.applications, name="office_applications"),
    path("office/applications/<int:pk>/check/", office_check.check, name="office_check"),
    path("office/applications/<int:pk>/check/documents/", office_acts.documents, name="office_documents"),
    path("office/applications/<int:pk>/check/extend/", office_acts.extend, name="office_extend"),
    path("office/applications/<int:pk>/check/reject/<slug:kind>/", office_acts.reject, name="office_reject"),
    path("office/applications/<int:pk>/check/reopen/", office_acts.reopen, name="office_reopen"),
    path("office/applications/<int:pk>/check/versions/", office_acts.versions, name="office_versions"),
    path("office/applications/<int:pk>/files/<int:file_pk>/", office_acts.attachment, name="attachment"),
    path("office/rounds/", round_settings.rounds, name="office_rounds"),
    path("office/rounds/new/", round_settings.create, name="office_round_create"),
    path("office/rounds/<int:pk>/", round_settings.settings, name="office_round"),
    path("office/rounds/<int:pk>/preview/", round_settings.preview, name="office_round_preview"),
    path("office/rounds/<int:pk>/extend/", round_acts.extend, name="office_round_extend"),
    path("office/rounds/<int:pk>/unpublish/", round_acts.unpublish, name="office_round_unpublish"),
    path("office/rounds/<int:pk>/settings/rubric/", round_acts.rubric, name="office_round_rubric"),
    path("office/rounds/<int:pk>/settings/committees/", round_acts.committees, name="office_round_committees"),
    path("office/rounds/<int:pk>/settings/<slug:code>/", round_settings.card, name="office_round_card"),
]

"""Addresses of people, organisations, administration, legal pages and the demo."""

from django.urls import URLPattern, URLResolver, path

from accounts.views import administration as admin
from accounts.views import organisations as org
from accounts.views import paying, people, site
from accounts.views_gallery import gallery

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("welcome/", people.welcome, name="welcome"),
    path("kept/", people.kept_text, name="kept"),
    path("profile/", people.profile, name="profile"),
    path("profile/edit/", people.profile_edit, name="profile_edit"),
    path("organisations/", org.organisations, name="organisations"),
    path("organisations/new/", org.organisation_create, name="organisation_create"),
    path("organisations/<int:pk>/", org.organisation, name="organisation"),
    path("organisations/<int:pk>/edit/", org.organisation_edit, name="organisation_edit"),
    path("organisations/<int:pk>/bank/", org.bank_account_add, name="bank_account_add"),
    path("memberships/<int:pk>/", org.membership_edit, name="membership"),
    path("memberships/<int:pk>/end/", org.membership_end, name="membership_end"),
    path("administration/", admin.administration, name="administration"),
    path("administration/people/", admin.people, name="people"),
    path("administration/people/<int:pk>/", admin.person_detail, name="person"),
    path("administration/roles/<int:pk>/end/", admin.role_end, name="role_end"),
    path("administration/deputies/", admin.deputies, name="deputies"),
    path("administration/deputies/<int:pk>/end/", admin.deputy_end, name="deputy_end"),
    path("administration/funds/", admin.funds, name="funds"),
    path("administration/funds/new/", admin.fund_create, name="fund_create"),
    path("administration/funds/<int:pk>/", admin.fund_edit, name="fund"),
    path("funds/<int:pk>/paying-account/", paying.paying_account, name="paying_account"),
    path("administration/legal/", site.legal_list, name="legal_list"),
    path("administration/legal/<slug:slug>/<slug:language>/", site.legal_edit, name="legal_edit"),
    path("administration/legal/<slug:slug>/<slug:language>/<int:pk>/", site.legal_version, name="legal_version"),
    path("administration/feedback/", site.feedback_list, name="feedback_list"),
    path("administration/feedback/<int:pk>/answered/", site.feedback_answer, name="feedback_answer"),
    path("legal/<slug:slug>/", site.legal, name="legal"),
    path("glossary/", site.glossary_list, name="glossary"),
    path("accessibility-feedback/", site.accessibility_feedback, name="accessibility_feedback"),
    path("demo/", site.demo, name="demo"),
    path("demo/clock/", site.demo_clock, name="demo_clock"),
    path("gallery/", gallery, name="gallery"),
]

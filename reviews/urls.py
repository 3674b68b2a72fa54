"""Addresses of reviews."""

from django.urls import URLPattern, URLResolver, path

from reviews.views import (
    approvals,
    committee,
    fast_track,
    jury,
    letters,
    messages,
    office,
    own_data,
    session,
    withdrawals,
)
from reviews.views.case import case
from reviews.views.desk import desk
from reviews.views.search import search

app_name = "reviews"
urlpatterns: list[URLPattern | URLResolver] = [
    path("cases/<int:pk>/", case, name="case"),
    path("cases/<int:pk>/messages/", messages.case_messages, name="case_messages"),
    path("cases/<int:pk>/messages/files/<int:file_pk>/", messages.case_message_file, name="case_message_file"),
    path("office/cases/<int:pk>/letter/", letters.draft_letter, name="draft_letter"),
    path("search/", search, name="search"),
    path("my-data/", own_data.own_data, name="own_data"),
    path("my-data/sheet/", own_data.own_data_sheet, name="own_data_sheet"),
    path("my-data/close-account/", own_data.end_account, name="end_account"),
    # The juror's pages.
    path("jury/", jury.dashboard, name="jury"),
    path("jury/sheets/<int:pk>/", jury.sheet, name="sheet"),
    path("jury/sheets/<int:pk>/save/", jury.autosave, name="sheet_autosave"),
    path("jury/sheets/<int:pk>/conflict/", jury.late_conflict, name="sheet_conflict"),
    path("jury/sheets/<int:pk>/files/<int:file_pk>/", jury.file, name="sheet_file"),
    path("jury/sheets/<int:pk>/files/<int:file_pk>/preview/", jury.file_preview, name="sheet_file_preview"),
    # The lead's.
    path("jury/conflicts/", session.conflicts, name="conflicts"),
    path("jury/sheets/<int:pk>/lead/", session.chair, name="sheet_chair"),
    path("rounds/<int:pk>/session/", session.session, name="session"),
    path("rounds/<int:pk>/session/minutes/", session.minutes, name="minutes"),
    path("rounds/<int:pk>/ranking/", session.ranking, name="ranking"),
    path("cases/<int:pk>/vote/", session.vote, name="vote"),
    path("cases/<int:pk>/vote/reopen/", session.reopen_ranking, name="reopen_ranking"),
    # The applicant's, once the jury has the case.
    path("applications/<int:pk>/give-up/", withdrawals.withdraw, name="withdraw"),
    # The coordinator's.
    path("rounds/", office.rounds, name="rounds"),
    path("rounds/<int:pk>/overview/", office.round_overview, name="round"),
    path("rounds/<int:pk>/desk/", desk, name="desk"),
    path("rounds/<int:pk>/jury/", office.jurors, name="jurors"),
    path("rounds/<int:pk>/jury/<int:juror_pk>/end/", office.end_seat, name="end_seat"),
    path("rounds/<int:pk>/assign/", office.assign, name="assign"),
    path("rounds/<int:pk>/scoring/", office.scoring, name="scoring"),
    path("rounds/<int:pk>/paper/", office.paper, name="paper"),
    path("papers/<int:pk>/", office.paper_read, name="paper_read"),
    path("federations/", office.groups, name="groups"),
    path("federations/new/", office.group, name="group_new"),
    path("federations/<int:pk>/", office.group, name="group"),
    # The clerk's and the head of unit's.
    path("rounds/<int:pk>/decisions/", committee.decisions, name="decisions"),
    path("rounds/<int:pk>/send-back/", committee.send_back, name="send_back"),
    path("rounds/<int:pk>/finish/", committee.finish, name="finish_round"),
    path("rounds/<int:pk>/reserve-list/", committee.reserve_list, name="reserve_list"),
    path("cases/<int:pk>/decision/", committee.decision, name="decision"),
    path("cases/<int:pk>/correction/", committee.correction, name="correction"),
    path("cases/<int:pk>/move-up/", committee.move_up, name="move_up"),
    # Small projects, and grants taken back before their letter.
    path("cases/<int:pk>/fast-track/", fast_track.fast_track, name="fast_track"),
    path("cases/<int:pk>/take-back/", approvals.take_back, name="withdraw_approval"),
]

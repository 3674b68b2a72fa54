"""The triggers that stand in a fresh database, one by one: a migration that remakes a table loses them in silence."""

import pytest
from django.db import connection

from payments import guards

pytestmark = pytest.mark.django_db

BOTH = {
    "accounts_auditentry": {"audit_no_delete", "audit_no_update"},
    "accounts_bankaccount": {
        "bankaccount_checked_once", "bankaccount_iban_frozen", "bankaccount_no_delete", "bankaccount_no_edit",
        "bankaccount_replaced_once", "bankaccount_usable_when_checked",
    },
    "accounts_fundrole": {"fundrole_exclusive", "fundrole_no_delete", "fundrole_no_edit"},
    "accounts_letterheadchange": {"letterhead_kept", "letterhead_unchanged"},
    "accounts_proposal": {"proposal_no_delete", "proposal_no_edit"},
    "grants_applicationversion": {"version_unchanged", "version_undeleted"},
    "grants_criterion": {"criterion_fixed", "criterion_kept"},
    "grants_round": {"round_fixed"},
    "grants_bulkline": {"bulkline_done_frozen", "bulkline_done_kept"},
    "grants_bulkstep": {"bulkstep_confirmed_frozen", "bulkstep_confirmed_kept"},
    "grants_casemessage": {"message_unchanged", "message_undeleted"},
    "grants_takeovercode": {
        "takeovercode_counts_up", "takeovercode_ends_once", "takeovercode_frozen", "takeovercode_kept",
    },
    "grants_import": {"import_ended", "import_file_kept", "import_undeleted"},
    "grants_importedcase": {"importedcase_unchanged", "importedcase_undeleted"},
    "notifications_document": {"document_data_frozen", "document_file_frozen"},
    "notifications_letter": {
        "letter_announcement_frozen", "letter_kept", "letter_signature_frozen", "letter_text_frozen",
    },
    "notifications_notice": {"notice_body_frozen", "notice_frozen", "notice_sent_frozen"},
    "payments_award": {"award_grant_frozen", "award_kept"},
    "payments_budget": {"ledger_budget_guarded", "ledger_budget_starts_empty", "ledger_budget_undeleted"},
    "payments_caseaccount": {"ledger_case_guarded", "ledger_case_starts_empty", "ledger_case_undeleted"},
    "payments_payment": {
        "payment_booking_frozen", "payment_export_frozen", "payment_kept", "payment_order_frozen",
        "payment_request_frozen", "payment_steps",
    },
    "payments_paymentexport": {"export_frozen", "export_kept"},
    "payments_transfer": {"ledger_transfer_moves", "ledger_transfer_unchanged"},
    "reviews_decision": {"decision_frozen", "decision_kept", "decision_superseded_once"},
}  # fmt: skip
# SQLite has INSERT OR REPLACE; PostgreSQL has TRUNCATE and several writers at once.
ALONE = {
    "sqlite": {
        "accounts_auditentry": {"audit_no_twin"},
        "accounts_bankaccount": {"bankaccount_no_twin"},
        "accounts_fundrole": {"fundrole_no_twin"},
        "accounts_letterheadchange": {"letterhead_no_twin"},
        "accounts_proposal": {"proposal_no_twin"},
        "grants_applicationversion": {"version_no_twin"},
        "grants_casemessage": {"message_no_twin"},
        "grants_takeovercode": {"takeovercode_no_twin"},
        "grants_import": {"import_no_twin"},
        "grants_importedcase": {"importedcase_no_twin"},
        "notifications_document": {"document_no_twin"},
        "notifications_letter": {"letter_no_twin"},
        "payments_award": {"award_no_twin"},
        "payments_payment": {"payment_no_twin"},
        "payments_paymentexport": {"export_no_twin"},
        "reviews_decision": {"decision_no_twin"},
        "payments_budget": {"ledger_budget_no_twin"},
        "payments_caseaccount": {"ledger_case_no_twin"},
        "payments_transfer": {"ledger_transfer_no_twin", "ledger_transfer_undeleted"},
    },
    "postgresql": {
        "accounts_auditentry": {"audit_no_truncate"},
        "grants_applicationversion": {"version_not_emptied"},
        "payments_budget": {"ledger_budget_not_emptied"},
        "payments_caseaccount": {"ledger_case_not_emptied"},
        "payments_transfer": {"ledger_transfer_locks", "ledger_transfer_not_emptied"},
    },
}
INSTALLED = {
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
}


def test_these_triggers_are_installed_and_no_others(engine: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED[engine])
        installed = set(cursor.fetchall())

    assert installed == {(table, name) for part in (BOTH, ALONE[engine]) for table in part for name in part[table]}


def test_the_books_know_their_triggers(engine: str) -> None:
    listed = {name for part in (BOTH, ALONE[engine]) for table in part for name in part[table]}

    money = ("award_", "bankaccount_", "export_", "ledger_", "payment_")
    assert guards.TRIGGERS[engine] == {name for name in listed if name.startswith(money)}


@pytest.mark.postgresql
def test_functions_with_the_rights_of_the_owner_belong_to_nobody_else() -> None:
    """Such a function names its schema, and only the owner may hang it on a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
            " AND (proacl IS NULL OR proacl::text LIKE '%{=X%' OR proacl::text LIKE '%,=X%'"
            " OR NOT 'search_path=public, pg_temp' = ANY(coalesce(proconfig, '{}')))"
        )
        assert cursor.fetchall() == []

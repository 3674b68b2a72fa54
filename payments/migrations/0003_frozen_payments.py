"""What was requested, certified, ordered and granted stays as it is: the database itself refuses."""

from django.db import migrations

from accounts.guards import Guard, Twin, changed, put_up

PAYMENT, AWARD, EXPORT = "payments_payment", "payments_award", "payments_paymentexport"

# The life cycle of a payment: no other step, whoever asks.
STEPS = (
    ("REQUESTED", "CHECKED"), ("REQUESTED", "REFUSED"), ("REQUESTED", "CANCELLED"),
    ("CHECKED", "ORDERED"), ("CHECKED", "REQUESTED"), ("ORDERED", "EXPORTED"), ("ORDERED", "CANCELLED"),
    ("EXPORTED", "PAID"), ("EXPORTED", "FAILED"), ("PAID", "FAILED"), ("FAILED", "CANCELLED"),
)  # fmt: skip
KNOWN = ", ".join(f"'{before}>{after}'" for before, after in STEPS)

REQUESTED = (
    "id", "fund_id", "award_id", "number", "amount_cents", "purpose", "planned_use_by", "bank_account_id",
    "end_to_end_id", "requested_by_id", "requested_at",
)  # fmt: skip
# Giving back clears the certificate; from the order on it stands.
ORDERED = ("certified_by_id", "certified_at", "ordered_by_id", "ordered_at")
EXPORTED = ("exported_by_id", "exported_at", "export_id", "name_check", "name_check_note")
BOOKED = ("confirmed_by_id", "booked_on", "use_by")
GRANTED = (
    "id", "fund_id", "application_id", "letter_id", "account_id", "amount_cents", "funding_type", "terms", "created_at",
)  # fmt: skip
FILE = ("id", "fund_id", "message_id", "file", "sha256", "total_cents", "count", "created_by_id", "created_at")

GUARDS = (
    Guard(PAYMENT, "payment_kept", "DELETE", "a payment is cancelled, never deleted"),
    Guard(PAYMENT, "payment_request_frozen", "UPDATE", "what was requested is never edited", changed(*REQUESTED)),
    Guard(
        PAYMENT, "payment_order_frozen", "UPDATE", "what was ordered is never edited",
        f"OLD.ordered_at IS NOT NULL AND {changed(*ORDERED)}",
    ),
    Guard(
        PAYMENT, "payment_export_frozen", "UPDATE", "a payment is handed to the bank once",
        f"OLD.exported_at IS NOT NULL AND {changed(*EXPORTED)}",
    ),
    Guard(
        PAYMENT, "payment_booking_frozen", "UPDATE", "what the bank booked is never edited",
        f"OLD.booked_on IS NOT NULL AND {changed(*BOOKED)}",
    ),
    Guard(
        PAYMENT, "payment_steps", "UPDATE", "a payment knows no such step",
        f"NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN ({KNOWN})",
    ),
    Guard(AWARD, "award_kept", "DELETE", "an award is recalled, never deleted"),
    Guard(AWARD, "award_grant_frozen", "UPDATE", "what was granted is never edited", changed(*GRANTED)),
    Guard(EXPORT, "export_kept", "DELETE", "a payment file is never deleted"),
    Guard(EXPORT, "export_frozen", "UPDATE", "a payment file is never changed", changed(*FILE)),
)  # fmt: skip
TWINS = (
    Twin(
        PAYMENT, "payment_no_twin",
        ("t.end_to_end_id = NEW.end_to_end_id", "t.award_id = NEW.award_id AND t.number = NEW.number"),
    ),
    Twin(
        AWARD, "award_no_twin",
        (
            "t.letter_id = NEW.letter_id",
            "t.application_id = NEW.application_id AND t.state <> 'VOID' AND NEW.state <> 'VOID'",
        ),
    ),
    Twin(EXPORT, "export_no_twin", ("t.message_id = NEW.message_id",)),
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_ledger_triggers"), ("accounts", "0002_audit_triggers")]
    operations = [put_up(GUARDS, TWINS)]

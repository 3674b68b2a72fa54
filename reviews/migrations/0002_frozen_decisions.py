"""What a body decided is superseded by another decision, never edited: the database itself refuses."""

from django.db import migrations

from accounts.guards import Guard, Twin, changed, put_up

DECISION = "reviews_decision"
SAID = (
    "id", "application_id", "paper_id", "body", "step", "outcome", "amount_cents", "rank", "reason", "decided_on",
    "recorded_by_id", "recorded_at",
)  # fmt: skip

GUARDS = (
    Guard(DECISION, "decision_kept", "DELETE", "a decision is superseded, never deleted"),
    Guard(DECISION, "decision_frozen", "UPDATE", "a decision is superseded, never edited", changed(*SAID)),
    Guard(
        DECISION, "decision_superseded_once", "UPDATE", "a superseded decision stays superseded",
        f"OLD.superseded_at IS NOT NULL AND {changed('superseded_at')}",
    ),
)  # fmt: skip
TWINS = (
    Twin(
        DECISION, "decision_no_twin",
        (
            """t.application_id = NEW.application_id AND t.superseded_at IS NULL AND NEW.superseded_at IS NULL
            AND t.outcome IN ('fund', 'reserve', 'decline') AND NEW.outcome IN ('fund', 'reserve', 'decline')""",
        ),
    ),
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial"), ("accounts", "0002_audit_triggers")]
    operations = [put_up(GUARDS, TWINS)]

"""The rules of a round are fixed from its publication on: the database refuses to change them, and its criteria."""

from typing import Any

from django.db import migrations

from accounts.guards import Guard, changed, put_up

# All settings but the deadline, which an extension moves for everybody, and the days of sessions.
SETTINGS = (
    "fund_id", "name", "slug", "guideline", "accessibility_checked", "budget_year", "opens_at", "late_policy",
    "applicant_types", "region_rule", "places", "max_applications", "minimum_cents", "maximum_cents",
    "announced_cents", "max_rate_percent", "own_share_percent", "in_kind_rate_cents", "in_kind_cap_percent",
    "kind_caps", "max_duration_months", "fixed_up_to_cents", "funding_type_above", "start_rule",
    "start_rule_up_to_cents", "priorities", "required_attachments", "file_types", "file_max_bytes",
    "score_minimum", "group_minimum", "spread_flag", "reason_scores", "jury_size", "min_reviews", "quorum",
    "hide_jurors", "others_visible", "notify_decision", "fast_track_max_cents", "fast_track_budget_cents",
    "reserve_list_until", "documents_deadline_days", "plan_deadline_days", "announcement", "deemed_days",
    "retrieval_days", "remedy_text", "waiver", "instalments", "final_retention_percent", "use_by_months",
    "shift_tolerance_percent", "interim_proof", "proof_months", "basic_check_months", "sample_percent",
    "recovery_minimum_cents", "interest_points", "repaid_returns", "bank_cooling_days", "publish_awards",
    "draft_days", "keep_rejected_years", "keep_funded_years", "rule_profile",
)  # fmt: skip
GUARDS = (
    Guard(
        "grants_round", "round_fixed", "UPDATE", "a published round keeps its rules",
        f"OLD.state <> 'DRAFT' AND {changed(*SETTINGS)}",
    ),
)  # fmt: skip
TABLE = "grants_criterion"
TRIGGERS = (("criterion_fixed", "UPDATE"), ("criterion_kept", "DELETE"))
_FIXED = "EXISTS (SELECT 1 FROM grants_round r WHERE r.id = OLD.round_id AND r.state <> 'DRAFT')"


def install(apps: Any, schema_editor: Any) -> None:
    """Create the triggers of the criteria, which must look at their round."""
    if schema_editor.connection.vendor == "sqlite":
        for name, event in TRIGGERS:
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} WHEN {_FIXED}"
                f" BEGIN SELECT RAISE(ABORT, 'a published round keeps its criteria'); END"
            )
        return
    schema_editor.execute(
        "CREATE FUNCTION grants_criterion_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF {_FIXED} THEN"
        " RAISE EXCEPTION 'a published round keeps its criteria' USING ERRCODE = 'check_violation';"
        " END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    for name, event in TRIGGERS:
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION grants_criterion_refuse()"
        )


def remove(apps: Any, schema_editor: Any) -> None:
    """Drop them."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for name, _event in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER {name}" + (f" ON {TABLE}" if postgresql else ""))
    if postgresql:
        schema_editor.execute("DROP FUNCTION grants_criterion_refuse()")


class Migration(migrations.Migration):
    dependencies = [("grants", "0010_how_it_came")]

    operations = [put_up(GUARDS), migrations.RunPython(install, remove)]

"""What was sent stays as it was sent: rows of versions are only ever added."""

from typing import Any

from django.db import migrations

from accounts.guards import Twin, put_up

TABLE = "grants_applicationversion"
TRIGGERS = (("version_unchanged", "UPDATE"), ("version_undeleted", "DELETE"))


TWINS = (
    Twin(
        TABLE, "version_no_twin",
        (
            "t.application_id = NEW.application_id AND t.number = NEW.number",
            "t.application_id = NEW.application_id AND t.reason = 'submit' AND NEW.reason = 'submit'",
        ),
    ),
)  # fmt: skip


def install(apps: Any, schema_editor: Any) -> None:
    """Create the triggers."""
    if schema_editor.connection.vendor == "sqlite":
        for name, event in TRIGGERS:
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE}"
                f" BEGIN SELECT RAISE(ABORT, 'a sent version never changes'); END"
            )
        return
    schema_editor.execute(
        "CREATE FUNCTION grants_version_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'a sent version never changes' USING ERRCODE = 'check_violation'; END $$"
    )
    for name, event in TRIGGERS:
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION grants_version_refuse()"
        )
    schema_editor.execute(
        f"CREATE TRIGGER version_not_emptied BEFORE TRUNCATE ON {TABLE}"
        " FOR EACH STATEMENT EXECUTE FUNCTION grants_version_refuse()"
    )


def remove(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    names = [name for name, _event in TRIGGERS] + (["version_not_emptied"] if postgresql else [])
    for name in names:
        schema_editor.execute(f"DROP TRIGGER {name}" + (f" ON {TABLE}" if postgresql else ""))
    if postgresql:
        schema_editor.execute("DROP FUNCTION grants_version_refuse()")


class Migration(migrations.Migration):
    dependencies = [("grants", "0001_initial")]

    operations = [migrations.RunPython(install, remove), put_up((), TWINS)]

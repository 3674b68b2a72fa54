"""Register numbers as they are compared, filled in for the organisations there are."""

from typing import Any

from django.db import migrations, models

from accounts.text import register_key


def fill(apps: Any, schema_editor: Any) -> None:
    organisations = apps.get_model("accounts", "Organisation").objects
    numbered = organisations.exclude(register_number="").order_by().values_list("register_number", flat=True)
    for number in numbered.distinct().iterator():
        organisations.filter(register_number=number).update(register_key=register_key(number))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_triggers")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="register_key",
            field=models.CharField(blank=True, db_default="", db_index=True, default="", editable=False, max_length=40),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

"""SQLite's INSERT OR REPLACE takes no message about a case away."""

from django.db import migrations

from accounts.guards import Twin, put_up


class Migration(migrations.Migration):
    dependencies = [("grants", "0007_files_that_wait")]

    operations = [put_up((), (Twin("grants_casemessage", "message_no_twin"),))]

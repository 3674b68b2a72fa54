"""Documents of another kind: the note on the formal check."""

from django.db import migrations, models
from django.db.models import Q

from accounts.guards import AddGuardedConstraint, RemoveGuardedConstraint

CHOICES = [
    ("L01", "Award letter"),
    ("L02", "Rejection letter"),
    ("C01", "Copy of the application as sent"),
    ("D01", "Note on the formal check"),
]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_restorations")]

    operations = [
        *(
            migrations.AlterField(model, "kind", models.CharField(choices=CHOICES, max_length=4))
            for model in ("document", "letter")
        ),
        RemoveGuardedConstraint("document", "document_known_kind"),
        AddGuardedConstraint(
            "document",
            models.CheckConstraint(condition=Q(("kind__in", ["L01", "L02", "C01", "D01"])), name="document_known_kind"),
        ),
    ]

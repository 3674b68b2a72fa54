from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.models import Machine, User
from notifications import permissions as may
from notifications.states import RestorationState as S


class Restoration(Machine):
    """This database was put back from a backup; what happened after `taken_at` is not in it.

    Until a person releases it nothing is sent: the mails, letters and payment files of the lost time went out,
    and nobody but people knows of them.
    """

    machine_name = "Restoration"

    state = FSMField(_("state"), max_length=12, choices=S.choices, default=S.STANDS_STILL, protected=True)
    source = models.CharField(_("backup"), max_length=200)
    taken_at = models.DateTimeField(_("state of the data"))
    restored_at = models.DateTimeField(_("restored"), default=timezone.now)
    # Notices that the backup owed and that were held back then.
    held = models.PositiveIntegerField(default=0)
    clocks_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    clocks_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("restored backup")
        verbose_name_plural = _("restored backups")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="restoration_known_state"),
            models.CheckConstraint(
                condition=~Q(state=S.RELEASED) | Q(released_by__isnull=False, released_at__isnull=False),
                name="restoration_released_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.source

    @transition(state, source=S.STANDS_STILL, target=S.CATCHES_UP, permission=may.administers_all)
    def run_clocks(self, *, by: User, at: datetime) -> None:
        self.clocks_by, self.clocks_at = by, at

    @transition(state, source=S.CATCHES_UP, target=S.RELEASED, permission=may.administers_all)
    def send_from_now(self, *, by: User, at: datetime) -> None:
        self.released_by, self.released_at = by, at

    @transition(state, source=[S.STANDS_STILL, S.CATCHES_UP], target=S.SUPERSEDED, permission=may.system)
    def supersede(self) -> None:
        """Another backup was restored before anybody released this one."""

"""The letter that carries a code to an organisation's postal address: drawn once, kept nowhere."""

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.clock import berlin_day
from accounts.models import Organisation
from grants.models import Application, TakeoverCode
from grants.receipts import address_of, sender_of
from notifications.dates import fmt_day_long
from notifications.pdf.blocks import Document, Facts, Items, Para, Signature, info_block


def code_letter(
    application: Application, organisation: Organisation, row: TakeoverCode, code: str, *, today: date
) -> Document:
    """Return the letter, in German.

    Args:
        application: the case whose number opens the code, with its fund.
        organisation: to whom it goes, at the address that is recorded.
        row: of the code.
        code: as it is printed.
        today: the Berlin day.
    """
    sender = sender_of(application.fund)
    with translation.override("de"):
        subject = _("Your code for the portal")
        return Document(
            title=f"{application.case_number} {subject}",
            created_date=today,
            sender=sender,
            recipient=address_of(organisation),
            info=info_block(sender, application.case_number or "", today),
            subject=subject,
            blocks=(
                Para(_("Dear Sir or Madam,")),
                Para(
                    _(
                        "with this code you can read your application “%(title)s” online, answer our questions there"
                        " and see what is next. Whoever enters it represents %(organisation)s in the portal."
                    )
                    % {"title": application.title, "organisation": organisation.name}
                ),
                Facts((
                    (_("Page"), f"{settings.SITE_URL}{reverse('grants:code')}"),
                    (_("Case number"), application.case_number or ""),
                    (_("Code"), code),
                    (_("Valid until"), fmt_day_long(berlin_day(row.expires_at))),
                )),
                Items((
                    _("Open the page and sign in. If you have no account yet, choose “Create an account” there."),
                    _("Enter case number and code. The code works once."),
                    _("Then add the people who work with you, and a bank account, if they are not there yet."),
                ), numbered=True),
                Para(
                    _(
                        "Please pass the code on to nobody who may not act for you. You need not use it: you can go on"
                        " writing to us by post. If you have not asked for it, please call us."
                    )
                ),
                Signature(_("Kind regards"), "", sender.authority, sender.department),
            ),
        )  # fmt: skip

"""The demo's mail box: every mail that the demo sends, also those with sign-in links. Nowhere else."""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from notifications.transport import demo_folder

PAGE = 50


@dataclass(frozen=True)
class Mail:
    """A mail as it would have been sent."""

    number: int
    subject: str
    sender: str
    to: str
    at: datetime
    text: str


def _read(path: Path) -> Mail:
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    body = message.get_body(("plain",))
    return Mail(
        number=int(path.stem),
        subject=str(message["Subject"]),
        sender=str(message["From"]),
        to=str(message["To"]),
        at=parsedate_to_datetime(str(message["Date"])),
        text=str(body.get_content()) if body is not None else "",
    )


def _require_demo() -> Path:
    if not settings.DEMO:
        raise Http404
    return demo_folder()


@require_GET
def demo_mail(request: HttpRequest) -> HttpResponse:
    """List the mails, newest first."""
    files = sorted(_require_demo().glob("*.eml"), reverse=True)
    page = Paginator(files, PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "mails": [_read(path) for path in page.object_list]}
    return render(request, "notifications/demo_list.html", context)


@require_GET
def demo_mail_detail(request: HttpRequest, number: int) -> HttpResponse:
    """Show one mail as sent."""
    path = _require_demo() / f"{number:08}.eml"
    if not path.is_file():
        raise Http404
    return render(request, "notifications/demo_detail.html", {"mail": _read(path)})

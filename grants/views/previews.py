"""Pictures of the pages of a file, for everybody who may download it; each door passes its own file and addresses."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from grants import previews
from grants.models import StoredFile
from grants.serving import sealed


def show_preview(request: HttpRequest, file: StoredFile, *, download: str, back: str) -> HttpResponse | FileResponse:
    """Show a file page by page, or (``?page=1``) the picture of one page.

    Args:
        request: of somebody who may read the file; whoever calls has asked.
        file: the file.
        download: address of the file itself.
        back: address of the page that led here.

    Raises:
        Http404: nobody may look at it, or there is no such page.
    """
    if not file.shown:
        raise Http404
    if "page" in request.GET:
        return _picture(file, request.GET["page"])
    found = previews.look(file) if file.has_pages else previews.Preview(0, 0)
    context = {
        "file": file,
        "found": found,
        "numbers": range(1, found.pictures + 1) if found else [],
        "ordered": found is not None or previews.order(file),
        "download": download,
        "back": back,
    }
    return render(request, "grants/file_preview.html", context)


def _picture(file: StoredFile, number: str) -> FileResponse:
    path = previews.picture(file, int(number)) if number.isdecimal() and len(number) < 4 else None
    if path is None:
        raise Http404
    return sealed(FileResponse(path.open("rb"), content_type="image/jpeg"))

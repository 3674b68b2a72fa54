"""The one door through which a file of the store leaves: as a download that no browser opens inside our pages."""

from typing import Final, TypeVar

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase

from grants import filestore
from grants.models import StoredFile

Answer = TypeVar("Answer", bound=HttpResponseBase)
# Nothing in it runs, loads or frames anything, whatever a browser takes it for.
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


def serve(file: StoredFile) -> FileResponse:
    """Answer with a file as it was sent; whoever calls has asked whether the person may read it.

    Raises:
        Http404: it is gone, or the virus scanner has not let it pass.
    """
    path = filestore.full_path(file.path)
    if not file.shown or not path.is_file():
        raise Http404
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=file.name, content_type=file.content_type)
    return sealed(answer)


def sealed(answer: Answer) -> Answer:
    """Return the answer with the headers that let a browser do nothing with a file but keep it."""
    for name, value in _HEADERS.items():
        answer[name] = value
    return answer

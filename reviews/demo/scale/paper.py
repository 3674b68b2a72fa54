"""The one PDF that stands for all letters and receipts of the invented past: nobody draws a hundred thousand."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from grants.models import Application
from notifications.models import Document
from notifications.rendering import store
from notifications.states import DocumentKind
from reviews.demo.drafts import sample


@dataclass(frozen=True)
class Sample:
    """Where it lies and its hash."""

    file: str
    sha256: str

    def document(
        self, kind: DocumentKind, key: str, application: Application, data: dict[str, Any], *, at: datetime
    ) -> Document:
        """Return a document with data of its own whose page is the sample."""
        return Document(
            key=key, kind=kind.value, fund=application.fund, case_key=application.case_key, data=data, created_at=at,
            file=self.file, sha256=self.sha256, rendered_at=at, next_try_at=at, attempts=1,
        )  # fmt: skip


def lay_out() -> Sample:
    """Put the sample among the letters."""
    content, name = sample(), f"{settings.LETTER_FOLDER}/muster.pdf"
    store(Path(settings.MEDIA_ROOT) / name, content)
    return Sample(name, hashlib.sha256(content).hexdigest())

"""Draws the first pages of a file as pictures: ``python -I drawing.py <file> <folder>``.

A process of its own, without the product and with hard limits: what a stranger's file does to the libraries that read
it must not be done to a worker.
"""

import resource
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image, ImageOps

PAGES: Final = 10
#: In this file stands how many pages there are in all.
TOTAL: Final = "total"
_WIDTH, _HEIGHT = 1000, 2000
_QUALITY: Final = 75
_MOST_POINTS: Final = 60_000_000
_MEMORY_BYTES: Final = 1024 * 1024 * 1024
_CPU_SECONDS: Final = 20
_FILE_BYTES: Final = 8 * 1024 * 1024


def main(source: Path, folder: Path) -> None:
    """Write `1.jpg`, `2.jpg` … and how many pages there are in all."""
    _limit()
    with source.open("rb") as file:
        is_pdf = file.read(5) == b"%PDF-"
    total, pictures = _pages(source) if is_pdf else (1, iter([_photo(source)]))
    for number, picture in enumerate(pictures, start=1):
        _on_white(picture).save(folder / f"{number}.jpg", "JPEG", quality=_QUALITY)
    (folder / TOTAL).write_text(str(total))


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _pages(source: Path) -> tuple[int, Iterator[Image.Image]]:
    pdf = pypdfium2.PdfDocument(source)
    # What somebody filled into a form is drawn as well.
    pdf.init_forms()
    return len(pdf), (_page(pdf, index) for index in range(min(len(pdf), PAGES)))


def _page(pdf: pypdfium2.PdfDocument, index: int) -> Image.Image:
    with closing(pdf[index]) as page:
        width, height = page.get_size()
        scale = min(_WIDTH / max(width, 1), _HEIGHT / max(height, 1))
        picture: Image.Image = page.render(scale=scale).to_pil()
    return picture


def _photo(source: Path) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = _MOST_POINTS
    with Image.open(source, formats=("PNG", "JPEG")) as photo:
        # A telephone says in the file which way up it was held.
        turned: Image.Image = ImageOps.exif_transpose(photo)
        turned.thumbnail((_WIDTH, _HEIGHT))
        return turned


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the picture as JPEG can hold it: where one can see through it, there is paper."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    paper = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(paper, seen).convert("RGB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

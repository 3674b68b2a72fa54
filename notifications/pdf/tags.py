"""The tag layer: structure tree, reading order and language, saved as PDF/A-3b.

ReportLab draws marked content but writes no structure; this adds what ISO 32000-1, 14.7 and 14.8 ask
for, so that a screen reader finds headings, lists and tables.
"""

from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, String, pdfa

from notifications.pdf.blocks import Document
from notifications.pdf.pages import Element, Layout, Run


def finish(plain: bytes, layout: Layout, document: Document) -> bytes:
    """The painted PDF with its structure, as PDF/A-3b with the same bytes each time.

    Raises: pikepdf.pdfa.PdfaError if the result were no valid PDF/A, which is a fault of ours.
    """
    with pikepdf.open(BytesIO(plain)) as pdf:
        _structure(pdf, layout.root)
        _catalogue(pdf, document)
        pdfa.prepare(pdf, "3b")
        _fix_dates(pdf, document)
        out = BytesIO()
        pdfa.save(pdf, out, "3b", repair=False, deterministic_id=True)
        return out.getvalue()


def _structure(pdf: Pdf, root: Element) -> None:
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    owners: list[dict[int, Object]] = [{} for _ in pdf.pages]
    tree.K = _element(pdf, root, tree, owners)
    numbers = Array()
    for index, (page, own) in enumerate(zip(pdf.pages, owners, strict=True)):
        page.obj.StructParents = index
        page.obj.Tabs = Name.S
        # ReportLab writes an empty page transition, which PDF/A does not know.
        if Name.Trans in page.obj:
            del page.obj.Trans
        numbers.append(index)
        numbers.append(pdf.make_indirect(Array([own[mcid] for mcid in sorted(own)])))
    tree.ParentTree = pdf.make_indirect(Dictionary(Nums=numbers))
    tree.ParentTreeNextKey = len(owners)
    pdf.Root.StructTreeRoot = tree


def _element(pdf: Pdf, element: Element, parent: Object, owners: list[dict[int, Object]]) -> Object:
    node = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{element.tag}"), P=parent))
    attributes = _attributes(element)
    if attributes is not None:
        node.A = attributes
    kids = Array()
    for kid in element.kids:
        if isinstance(kid, Run):
            kids.append(_content(pdf.pages[kid.page], kid))
            owners[kid.page][kid.mcid] = node
        else:
            kids.append(_element(pdf, kid, node, owners))
    node.K = kids
    return node


def _content(page: Page, run: Run) -> Dictionary:
    return Dictionary(Type=Name.MCR, Pg=page.obj, MCID=run.mcid)


def _attributes(element: Element) -> Dictionary | None:
    if element.tag == "TH":
        return Dictionary(O=Name.Table, Scope=Name(f"/{element.scope}"))
    if element.tag == "L":
        return Dictionary(O=Name.List, ListNumbering=Name(f"/{element.scope}"))
    return None


def _catalogue(pdf: Pdf, document: Document) -> None:
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.Root.Lang = String(document.language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    stamp = String(f"D:{document.created_date:%Y%m%d}000000Z")
    pdf.docinfo.CreationDate = stamp
    pdf.docinfo.ModDate = stamp


def _fix_dates(pdf: Pdf, document: Document) -> None:
    """The moment of drawing would make each copy different; the letter's own date takes its place."""
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata["xmp:MetadataDate"] = f"{document.created_date:%Y-%m-%d}T00:00:00+00:00"

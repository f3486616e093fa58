"""A document as OpenDocument text: what an office changes and sends on."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.utils import timezone
from odfdo import Cell, Element, Header, List, ListItem, Paragraph, Row, Table
from odfdo import Document as OdfDocument
from odfdo.master_page import StyleMasterPage

from doors.documents import blocks as b
from doors.documents.typography import exercise_words, number_words, said_at, typeset

if TYPE_CHECKING:
    from doors.documents.document import Document

# What odfdo's empty document carries and a paper does not need.
LEFT_OUT = ("Configurations2/", "Thumbnails/", "manifest.rdf")
BODY = 'style:font-name="Liberation Sans" fo:font-size="{size}pt"'
STYLES = {
    "CsuText": ("10", 'fo:margin-bottom="0.25cm"', ""),
    "CsuStrong": ("10", 'fo:margin-bottom="0.25cm"', 'fo:font-weight="bold"'),
    "CsuNote": ("8.5", 'fo:margin-bottom="0.2cm"', 'fo:color="#5a626e"'),
    "CsuTitle": ("16", 'fo:margin-top="0.6cm" fo:margin-bottom="0.2cm"', 'fo:font-weight="bold"'),
    "CsuHeading1": (
        "12",
        'fo:margin-top="0.5cm" fo:margin-bottom="0.15cm" fo:keep-with-next="always"',
        'fo:font-weight="bold"',
    ),
    "CsuHeading2": (
        "10.5",
        'fo:margin-top="0.35cm" fo:margin-bottom="0.1cm" fo:keep-with-next="always"',
        'fo:font-weight="bold"',
    ),
    "CsuRecipient": ("10", 'fo:margin-left="9cm"', ""),
    "CsuCell": ("9", "", ""),
    "CsuLabel": ("9", "", 'fo:color="#5a626e"'),
    "CsuHead": ("9", "", 'fo:font-weight="bold"'),
    "CsuFoot": ("8", "", 'fo:color="#5a626e"'),
}
WIDTH_CM = 17.0


def render(document: Document) -> bytes:
    paper = OdfDocument("text")
    _styles(paper, document.language)
    body = paper.body
    body.clear()
    for element in _before_the_title(document):
        body.append(element)
    body.append(Header(1, _said(document, document.title), style="CsuTitle"))
    if document.number:
        body.append(_text(document, number_words(document), "CsuNote"))
    for number, block in enumerate(document.blocks):
        if not isinstance(block, b.Recipient):
            for element in _drawn(paper, document, block, number):
                body.append(element)
    _foot(paper, document)
    _meta(paper, document)
    return _same_bytes(paper, document)


def _before_the_title(document: Document) -> Iterator[Element]:
    yield _text(document, document.issuer, "CsuStrong")
    yield _text(document, said_at(document), "CsuNote")
    if document.exercise:
        yield _text(document, exercise_words(document), "CsuStrong")
    for block in document.blocks:
        if isinstance(block, b.Recipient):
            yield from (_text(document, line, "CsuRecipient") for line in block.lines)


def _drawn(paper: OdfDocument, document: Document, block: b.Block, number: int) -> Iterator[Element]:
    match block:
        case b.Heading():
            level = 1 if block.level == 1 else 2
            yield Header(level + 1, _said(document, block.text), style=f"CsuHeading{level}")
        case b.Text():
            yield _text(document, block.text, "CsuStrong" if block.strong else "CsuText")
        case b.Note():
            yield _text(document, block.text, "CsuNote")
        case b.Fields():
            rows = [(label, value) for label, value in block.rows]
            yield from _table(paper, document, f"T{number}", [], rows, (32, 68), labels=True)
        case b.Table():
            yield from _table(paper, document, f"T{number}", block.head, block.rows, block.widths)
        case b.Bullets():
            items = List()
            for item in block.items:
                one = ListItem()
                one.append(_text(document, item, "CsuCell"))
                items.append(one)
            yield items
            yield _text(document, "", "CsuCell")
        case b.Signatures():
            room = [f"{who}\n\n\n\n" for who in block.who]
            yield from _table(paper, document, f"T{number}", [], [room], ())


def _table(
    paper: OdfDocument,
    document: Document,
    name: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    *,
    labels: bool = False,
) -> Iterator[Element]:
    columns = max((len(row) for row in [head, *rows]), default=0)
    if not columns:
        return
    parts = list(widths) or [1] * columns
    table = Table(
        name, style=_own_style(paper, name, "table", f'style:width="{WIDTH_CM}cm" table:align="left"')
    )
    for place, part in enumerate(parts):
        width = f'style:column-width="{WIDTH_CM * part / sum(parts):.2f}cm"'
        style = _own_style(paper, f"{name}C{place}", "table-column", width)
        table.append(Element.from_tag(f'<table:table-column table:style-name="{style}"/>'))
    for row_number, cells in enumerate([head, *rows] if head else rows):
        row = Row()
        for place, text in enumerate(cells):
            look = "CsuHead" if head and not row_number else "CsuLabel" if labels and not place else "CsuCell"
            cell = Cell(style="CsuBordered")
            for line in text.split("\n"):
                cell.append(_text(document, line, look))
            row.append(cell)
        table.append(row)
    yield table
    yield _text(document, "", "CsuCell")


def _said(document: Document, text: str) -> str:
    return typeset(text, document.language)


def _text(document: Document, text: str, style: str) -> Paragraph:
    return Paragraph(_said(document, text), style=style)


def _own_style(paper: OdfDocument, name: str, family: str, properties: str) -> str:
    xml = (
        f'<style:style style:name="{name}" style:family="{family}">'
        f"<style:{family}-properties {properties}/></style:style>"
    )
    paper.insert_style(xml, automatic=True)
    return name


def _styles(paper: OdfDocument, language: str) -> None:
    for name, (size, paragraph, letters) in STYLES.items():
        xml = (
            f'<style:style style:name="{name}" style:display-name="{name}" style:family="paragraph" '
            f'style:parent-style-name="Standard"><style:paragraph-properties {paragraph}/>'
            f"<style:text-properties {BODY.format(size=size)} {letters} "
            f'fo:language="{language[:2]}" fo:country="none"/></style:style>'
        )
        paper.insert_style(xml)
    border = 'fo:border="none" fo:border-bottom="0.5pt solid #c8cdd4" fo:padding="0.1cm"'
    _own_style(paper, "CsuBordered", "table-cell", border)


def _foot(paper: OdfDocument, document: Document) -> None:
    number = f"{number_words(document)} · " if document.number else ""
    line = Paragraph(number, style="CsuFoot")
    line.append(Element.from_tag('<text:page-number text:select-page="current">1</text:page-number>'))
    master = paper.get_style("master-page", "Standard")
    if isinstance(master, StyleMasterPage):
        master.set_page_footer([line])


def _meta(paper: OdfDocument, document: Document) -> None:
    made = timezone.localtime(document.made_at).replace(microsecond=0, tzinfo=None)
    meta = paper.meta
    meta.set_title(document.title)
    meta.set_initial_creator(document.issuer)
    meta.set_creator(document.issuer)
    meta.set_creation_date(made)
    meta.set_modification_date(made)
    meta.set_language(document.language)
    meta.set_generator("Nice Supervision")


def _same_bytes(paper: OdfDocument, document: Document) -> bytes:
    """Packed anew with the paper's own moment, in one order: odfdo stamps each entry with the present."""
    loose, packed = io.BytesIO(), io.BytesIO()
    manifest = paper.manifest
    for path in list(manifest.get_paths()):
        if path.startswith(LEFT_OUT):
            manifest.del_full_path(path)
    paper.save(loose, pretty=False)
    moment = timezone.localtime(document.made_at).timetuple()[:6]
    with zipfile.ZipFile(loose) as given, zipfile.ZipFile(packed, "w") as taken:
        names = [name for name in given.namelist() if not name.startswith(LEFT_OUT)]
        for name in sorted(names, key=lambda one: (one != "mimetype", one)):
            entry = zipfile.ZipInfo(name, date_time=moment)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            taken.writestr(entry, given.read(name))
    return packed.getvalue()

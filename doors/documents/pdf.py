"""A document as PDF/A-2u (ISO 19005-2): what an archive keeps. Fonts are ours and inside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from django.conf import settings
from fpdf import FPDF
from fpdf.enums import DocumentCompliance, TableBordersLayout
from fpdf.fonts import FontFace

from doors.documents import blocks as b
from doors.documents.typography import exercise_words, number_words, page_words, said_at, typeset

if TYPE_CHECKING:
    from doors.documents.document import Document

MARGIN_MM = 20.0
LINE_MM = 5.2
GREY, INK, RULE = (90, 98, 110), (20, 24, 31), (200, 205, 212)
# What the family's letters do not have is taken from the second.
FAMILY, MORE = "Plex", "PlexMore"


# Our own: what fpdf2 would write of a PDF/A says when it was rendered, so that no two were alike.
_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
    xmp:CreatorTool="Nice Supervision" pdf:Producer="Nice Supervision"
    xmp:CreateDate="{at}" xmp:ModifyDate="{at}" xmp:MetadataDate="{at}">
   <pdfaid:part>2</pdfaid:part>
   <pdfaid:conformance>U</pdfaid:conformance>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:creator><rdf:Seq><rdf:li>{issuer}</rdf:li></rdf:Seq></dc:creator>
   <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>"""


def _xmp(document: Document) -> str:
    return _XMP.format(
        at=document.made_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        title=escape(document.title),
        issuer=escape(document.issuer),
        language=escape(document.language),
    )


def fonts() -> Path:
    return Path(settings.BASE_DIR) / "static" / "vendor" / "fonts"


class _Paper(FPDF):
    def __init__(self, document: Document) -> None:
        # Before the parent's: it asks for the header at once.
        self._document = document
        super().__init__(format="A4", enforce_compliance=DocumentCompliance.PDFA_2U)
        self.set_margins(MARGIN_MM, 18, MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=22)
        for style, weight in (("", 400), ("B", 600)):
            for family, subset in ((FAMILY, "latin"), (MORE, "latin-ext")):
                self.add_font(family, style, fonts() / f"ibm-plex-sans-{subset}-{weight}-normal.woff")
        self.set_fallback_fonts([MORE])
        self._known = frozenset(
            code
            for font in self.fonts.values()
            for code in getattr(font, "cmap", {})
            if isinstance(code, int)
        )
        self.set_title(document.title)
        self.set_author(document.issuer)
        self.set_creator("Nice Supervision")
        self.set_producer("Nice Supervision")
        self.set_lang(document.language)
        self.set_creation_date(document.made_at)
        self.set_xmp_metadata(_xmp(document))

    def said(self, text: str) -> str:
        """As it is written in the paper's language; a letter our fonts do not have becomes a question mark."""
        text = typeset(text, self._document.language)
        return "".join(one if one == "\n" or ord(one) in self._known else "?" for one in text)

    def ink(self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(*colour)

    def header(self) -> None:
        said = self._document
        self.ink(9, bold=True)
        self.cell(self.epw / 2, LINE_MM, self.said(said.issuer), align="L")
        self.ink(9, colour=GREY)
        self.cell(self.epw / 2, LINE_MM, self.said(said_at(said)), align="R", new_x="LMARGIN", new_y="NEXT")
        if said.exercise:
            self.ink(9, bold=True)
            self.cell(self.epw, LINE_MM + 2, self.said(exercise_words(said)), border=1, align="C")
            self.ln(LINE_MM + 2)
        self.ln(4)

    def footer(self) -> None:
        self.set_y(-15)
        self.ink(8, colour=GREY)
        self.cell(self.epw / 2, LINE_MM, self.said(number_words(self._document)), align="L")
        pages = page_words(self._document, str(self.page_no()), "{nb}")
        self.cell(self.epw / 2, LINE_MM, typeset(pages, self._document.language), align="R")


def render(document: Document) -> bytes:
    paper = _Paper(document)
    paper.add_page()
    for block in document.blocks:
        if isinstance(block, b.Recipient):
            _recipient(paper, block)
    paper.ink(16, bold=True)
    paper.multi_cell(paper.epw, 7.5, paper.said(document.title), align="L", new_x="LMARGIN", new_y="NEXT")
    if document.number:
        paper.ink(9.5, colour=GREY)
        _line(paper, number_words(document))
    paper.ln(4)
    for block in document.blocks:
        if not isinstance(block, b.Recipient):
            _draw(paper, block)
    return bytes(paper.output())


def _draw(paper: _Paper, block: b.Block) -> None:
    match block:
        case b.Heading():
            if paper.will_page_break(24):
                paper.add_page()
            paper.ln(3)
            paper.ink(12 if block.level == 1 else 10.5, bold=True)
            _line(paper, block.text)
            paper.ln(1)
        case b.Text():
            paper.ink(10, bold=block.strong)
            _line(paper, block.text)
            paper.ln(2)
        case b.Note():
            paper.ink(8.5, colour=GREY)
            _line(paper, block.text, 4.4)
            paper.ln(1.5)
        case b.Fields():
            _table(paper, [], [(label, value) for label, value in block.rows], (32, 68), labels=True)
        case b.Table():
            _table(paper, block.head, block.rows, tuple(block.widths))
        case b.Bullets():
            _bullets(paper, block)
        case b.Signatures():
            _signatures(paper, block)


def _line(paper: _Paper, text: str, height: float = LINE_MM) -> None:
    paper.multi_cell(paper.epw, height, paper.said(text), align="L", new_x="LMARGIN", new_y="NEXT")


def _recipient(paper: _Paper, block: b.Recipient) -> None:
    paper.ink(10)
    text = "\n".join(paper.said(line) for line in block.lines)
    paper.set_x(paper.l_margin + paper.epw * 0.54)
    paper.multi_cell(paper.epw * 0.46, LINE_MM, text, align="L", new_x="LMARGIN", new_y="NEXT")
    paper.ln(8)


def _bullets(paper: _Paper, block: b.Bullets) -> None:
    paper.ink(10)
    for item in block.items:
        paper.cell(5, LINE_MM, "•" if ord("•") in paper._known else "–")
        paper.multi_cell(paper.epw - 5, LINE_MM, paper.said(item), align="L", new_x="LMARGIN", new_y="NEXT")
        paper.ln(0.8)
    paper.ln(1.5)


def _table(
    paper: _Paper,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: tuple[int, ...],
    *,
    labels: bool = False,
) -> None:
    if not rows and not head:
        return
    paper.ink(9)
    paper.set_draw_color(*RULE)
    bold, label = FontFace(emphasis="B", color=INK), FontFace(color=GREY)
    with paper.table(
        col_widths=widths or None,
        first_row_as_headings=bool(head),
        headings_style=bold,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        text_align="LEFT",
        line_height=4.8,
        padding=(0.8, 1.5, 0.8, 0),
        width=paper.epw,
    ) as table:
        for cells in [head, *rows] if head else rows:
            row = table.row()
            for number, cell in enumerate(cells):
                row.cell(paper.said(cell), style=label if labels and not number else None)
    paper.ln(3)


def _signatures(paper: _Paper, block: b.Signatures) -> None:
    height, gap = 30.0, 6.0
    if paper.will_page_break(height + 8):
        paper.add_page()
    paper.ln(4)
    width, top = (paper.epw - gap * (len(block.who) - 1)) / len(block.who), paper.get_y()
    paper.set_draw_color(*RULE)
    for number, who in enumerate(block.who):
        left = paper.l_margin + number * (width + gap)
        paper.rect(left, top, width, height)
        paper.set_xy(left + 2, top + 1.5)
        paper.ink(8.5, colour=GREY)
        paper.multi_cell(width - 4, 4.2, paper.said(who), align="L")
    paper.set_xy(paper.l_margin, top + height + 3)

"""How does a document look: as one HTML page, and as a DOCX file.

Lives here: the only use of the template engine and of the DOCX library.
May not live here: what the document says.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import jinja2
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from pbc_sim.show.paper.document import (
    Block,
    Document,
    Heading,
    Paragraph,
    Picture,
    Signatures,
    Table,
)

__all__ = ["as_docx", "as_html"]

DARK_BLUE = RGBColor(0x1F, 0x4E, 0x79)
LIGHT = "EEF2F6"
TEXT_WIDTH = Cm(17.0)
NUMBER_WIDTH = Cm(1.15)
LOCALES = {"en": "en-GB", "id": "id-ID"}
NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: Columns that have room in letters of the usual size.
MOST_WIDE = 6
#: Tables of no more rows are not parted by the end of a page.
MOST_ROWS_KEPT = 16
#: The same file for the same contract, whenever it is written.
WRITTEN_AT = dt.datetime(2000, 1, 1)


def as_html(document: Document) -> str:
    """Return a document as one page that needs nothing else and prints on A4."""
    source = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["kept"] = _kept
    template = environment.from_string(source)
    blocks = [(type(block).__name__, block) for block in document.blocks]
    kept = {"most_rows_kept": MOST_ROWS_KEPT, "most_wide": MOST_WIDE}
    page = template.render(document=document, blocks=blocks, **kept)
    return page.rstrip() + "\n"


def as_docx(document: Document) -> Any:
    """Return a document as a DOCX object with a method `save`."""
    file = docx.Document()
    _lay_out(file, document)
    file.add_paragraph(_kept(document.title), style="Title")
    file.add_paragraph(_kept(document.subtitle), style="Subtitle")
    if document.contents:
        _write_contents(file, document)
    for block in document.blocks:
        WRITERS[type(block)](file, block)
    return file


def _kept(text: str) -> str:
    """Keep currency and amount, clause and number on one line, and show what XML cannot hold."""
    text = NOT_IN_XML.sub("\ufffd", text)
    return re.sub(r"\b(Rp|[A-Z]{3}|clauses?|section|butir|bagian) (?=\d)", "\\1\u00a0", text)


def _lay_out(file: Any, document: Document) -> None:
    page = file.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.0)
    page.top_margin = page.bottom_margin = Cm(2.0)
    styles = file.styles
    for name, size, colour in (
        ("Normal", 10, None),
        ("Title", 20, DARK_BLUE),
        ("Subtitle", 12, RGBColor(0x44, 0x44, 0x44)),
        ("Heading 1", 14, DARK_BLUE),
        ("Heading 2", 11, RGBColor(0x1A, 0x1A, 0x1A)),
    ):
        font = styles[name].font
        font.name, font.size, font.italic = "Arial", Pt(size), False
        # Headings of the default template name a theme font, which would win over the name.
        fonts = styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[attribute]
        fonts.set(qn("w:cs"), "Arial")
        if colour is not None:
            font.color.rgb = colour
    styles["Normal"].paragraph_format.space_after = Pt(4)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LOCALES[document.language])
    styles["Normal"].element.get_or_add_rPr().append(language)
    about = file.core_properties
    about.title, about.subject = _kept(document.title), _kept(document.subtitle)
    about.author, about.comments, about.language = "", "", LOCALES[document.language]
    about.created = about.modified = WRITTEN_AT
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run(f"{_kept(document.footer)} – ").font.size = Pt(8)
    _add_field(foot, "PAGE")


def _write_contents(file: Any, document: Document) -> None:
    """Write a list of parts, to which a word processor adds pages when its fields are renewed."""
    file.add_paragraph().add_run(document.contents).bold = True
    lines = [file.add_paragraph(_kept(text), style="List Number") for text in document.parts]
    for line in lines:
        line.paragraph_format.space_after = Pt(0)


def _add_field(paragraph: Any, instruction: str) -> None:
    for kind, text in (("begin", ""), ("", instruction), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(8)
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text
        run._r.append(part)


def _write_heading(file: Any, block: Heading) -> None:
    file.add_heading(_kept(block.text), level=block.level)


def _write_paragraph(file: Any, block: Paragraph) -> None:
    paragraph = file.add_paragraph()
    if block.number:
        paragraph.paragraph_format.left_indent = NUMBER_WIDTH
        paragraph.paragraph_format.first_line_indent = -NUMBER_WIDTH
        paragraph.paragraph_format.tab_stops.add_tab_stop(NUMBER_WIDTH)
        paragraph.add_run(f"{block.number}\t")
    if block.heading:
        paragraph.add_run(f"{block.heading}. ").bold = True
    paragraph.add_run(_kept(block.text))
    paragraph.paragraph_format.keep_with_next = block.leads


def _write_table(file: Any, block: Table) -> None:
    n_columns = len(block.rows[0])
    table = file.add_table(rows=0, cols=n_columns)
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    relative = block.widths or (1.0,) * n_columns
    widths = [int(TEXT_WIDTH * width / sum(relative)) for width in relative]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    if block.header:
        row = _add_row(table, block, block.header, widths, bold=range(n_columns))
        repeated = OxmlElement("w:tblHeader")
        repeated.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(repeated)
    for n, cells in enumerate(block.rows, start=1):
        is_total = block.last_is_total and n == len(block.rows)
        names_the_row = 0 if block.header else 1
        bold = range(n_columns if is_total else names_the_row)
        _add_row(table, block, cells, widths, bold=bold)
    if len(block.rows) <= MOST_ROWS_KEPT:
        for row in table.rows[:-1]:
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
    file.add_paragraph().paragraph_format.space_after = Pt(2)


def _add_row(
    table: Any, block: Table, cells: tuple[str, ...], widths: list[int], bold: range
) -> Any:
    row = table.add_row()
    whole = OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().append(whole)
    is_header = cells is block.header
    for k, (cell, text, width) in enumerate(zip(row.cells, cells, widths, strict=True)):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(1)
        if k in block.numeric:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run = paragraph.add_run(_kept(text))
        run.font.size, run.bold = Pt(7.5 if len(cells) > MOST_WIDE else 9), k in bold
        if is_header or (not block.header and k == 0):
            _shade(cell)
    return row


def _shade(cell: Any) -> None:
    shading = OxmlElement("w:shd")
    shading.set(qn("w:val"), "clear")
    shading.set(qn("w:color"), "auto")
    shading.set(qn("w:fill"), LIGHT)
    cell._tc.get_or_add_tcPr().append(shading)


def _write_signatures(file: Any, block: Signatures) -> None:
    table = file.add_table(rows=1, cols=len(block.parties))
    for cell, party in zip(table.rows[0].cells, block.parties, strict=True):
        first = cell.paragraphs[0]
        first.add_run(party).bold = True
        first.paragraph_format.space_after = Pt(56)
        first.paragraph_format.keep_with_next = True
        line = cell.add_paragraph("_" * 32)
        for text in block.lines:
            line.add_run(f"\n{text}")


def _write_picture(file: Any, block: Picture) -> None:
    paragraph = file.add_paragraph()
    shape = paragraph.add_run().add_picture(io.BytesIO(block.png), width=TEXT_WIDTH)
    shape._inline.docPr.set("descr", _kept(block.says))


WRITERS: dict[type[Block], Callable[[Any, Any], None]] = {
    Heading: _write_heading,
    Paragraph: _write_paragraph,
    Table: _write_table,
    Signatures: _write_signatures,
    Picture: _write_picture,
}

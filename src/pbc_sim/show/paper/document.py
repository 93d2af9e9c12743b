"""What is a printed document made of: headings, paragraphs, tables, pictures, lines to sign.

Lives here: the parts of a document, whatever it is written as. May not live here: what it says, and
how HTML or DOCX look.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Block", "Document", "Heading", "Paragraph", "Picture", "Signatures", "Table"]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a part of the document, 2 a section of it."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph.

    Parameters
    ----------
    text : str
        One or more sentences.
    number, heading : str
        Stand before it, if there are any.
    leads : bool
        Whether it leads to the next block, and so must not be parted from it.
    """

    text: str
    number: str = ""
    heading: str = ""
    leads: bool = False


@dataclass(frozen=True)
class Table:
    """A table.

    Parameters
    ----------
    header : tuple of str
        Headings of the columns; none where the first column says what a row is.
    rows : tuple of tuple of str
        The cells.
    numeric : tuple of int
        Columns that hold numbers, and so stand to the right.
    widths : tuple of float
        Relative widths of the columns; equal where empty.
    last_is_total : bool
        Whether the last row sums up the others.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    widths: tuple[float, ...] = ()
    last_is_total: bool = False


@dataclass(frozen=True)
class Signatures:
    """A line to sign on for each party, with the words below it."""

    parties: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """A picture, drawn as lines for the screen and as dots for word processors.

    Parameters
    ----------
    svg : str
        The picture as an ``<svg>`` element.
    png : bytes
        The same picture as a PNG file.
    says : str
        What it shows, for those who do not see it.
    """

    svg: str
    png: bytes
    says: str


Block = Heading | Paragraph | Table | Signatures | Picture


@dataclass(frozen=True)
class Document:
    """A document.

    Parameters
    ----------
    title, subtitle : str
        What it is, and of what.
    language : str
        ISO 639-1 code of its text.
    footer : str
        What stands at the foot of each page, before the page's number.
    blocks : tuple of Block
        Its parts in order.
    contents : str
        Heading of a list of its parts; no list where empty.
    """

    title: str
    subtitle: str
    language: str
    footer: str
    blocks: tuple[Block, ...]
    contents: str = ""

    @property
    def parts(self) -> list[str]:
        """Headings of its parts, in order."""
        return [b.text for b in self.blocks if isinstance(b, Heading) and b.level == 1]

"""How does a document reach paper: as a page for the browser, and as a DOCX file.

Lives here: documents that are ready to be written, whatever they say. May not live here: what an
annex or a report says.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pbc_sim.errors import PbcError
from pbc_sim.language import translated as _
from pbc_sim.show.paper.document import Document
from pbc_sim.show.paper.pages import as_docx, as_html

__all__ = ["ENDINGS", "Printed", "check_name"]

#: What a document may be saved as.
ENDINGS = (".docx", ".html")


@dataclass(frozen=True)
class Printed:
    """A document, ready to be written.

    Parameters
    ----------
    document : Document
        What it says.
    """

    document: Document

    def to_html(self) -> str:
        """Return it as one HTML page that needs nothing else."""
        return as_html(self.document)

    def save(self, path: str | Path) -> None:
        """Write it as a file.

        Raises
        ------
        PbcError
            If the name ends in neither .docx nor .html, or there is no such folder.
        """
        path = Path(path)
        check_name(path)
        if path.suffix == ".html":
            path.write_text(self.to_html(), encoding="utf-8")
        else:
            as_docx(self.document).save(str(path))


def check_name(path: Path) -> None:
    """Raise `PbcError` unless a document can be saved under that name."""
    if path.suffix not in ENDINGS:
        words = _("a document must end in {endings}, got '{name}'.")
        raise PbcError(words.format(endings=f" {_('or')} ".join(ENDINGS), name=path.name))
    if not path.parent.is_dir():
        words = _("there is no folder '{folder}' for '{name}'; make it first.")
        raise PbcError(words.format(folder=path.parent, name=path.name))

"""How does a table stand in a terminal, where titles are longer than the figures below them?

Lives here: plain text of tables, with titles broken over lines. May not live here: what is in them.
"""

from __future__ import annotations

import math
import shutil
import sys
import textwrap
from itertools import zip_longest

import pandas as pd

from pbc_sim.language import said

__all__ = ["laid_out"]

#: Letters in a line of a row's name, of a cell, and the fewest in one of a column's heading.
ROW_NAME, CELL, HEADING = 44, 56, 22
#: What stands between columns.
GAP = "  "

#: Heading and cells, each of some lines.
Column = list[list[str]]


def laid_out(table: pd.DataFrame, room: float | None = None) -> str:
    """Return a table as text: names of rows to the left, cells to the right, long titles broken.

    Parameters
    ----------
    table : DataFrame
        The table.
    room : float, optional
        Letters in a line. Columns for which there is none stand in further tables below. Where
        empty, those of the terminal that reads, and without end where a file does.

    Examples
    --------
    >>> print(laid_out(pd.DataFrame({"supplier profit": ["IDR 1 m"]}, ["Traditional"])))
                 supplier profit
    Traditional          IDR 1 m
    """
    names = [name or "" for name in table.index.names]
    rows = [label if isinstance(label, tuple) else (label,) for label in table.index]
    of_rows = [
        _column([_said(names[n]), *_once([_said(row[n]) for row in rows], rows, n)], ROW_NAME)
        for n in range(len(names))
    ]
    of_cells = []
    for n, heading in enumerate(table.columns):
        cells = [textwrap.wrap(_said(cell), CELL) or [""] for cell in table.iloc[:, n]]
        width = max([HEADING, *(len(line) for cell in cells for line in cell)])
        of_cells.append(
            [textwrap.wrap(_said(heading), width, break_long_words=False) or [""], *cells]
        )
    room = room or _letters_in_a_line()
    return "\n\n".join(_block(of_rows, some) for some in _beside(of_rows, of_cells, room))


def _letters_in_a_line() -> float:
    """Return how long lines of the output may be."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else math.inf


def _beside(of_rows: list[Column], of_cells: list[Column], room: float) -> list[list[Column]]:
    """Return columns that fit beside the names of the rows, table by table; one always does."""
    names = sum(_width(column) for column in of_rows) + len(GAP) * (len(of_rows) - 1)
    tables: list[list[Column]] = [[]]
    taken = names
    for column in of_cells:
        wanted = len(GAP) + _width(column)
        if tables[-1] and taken + wanted > room:
            tables.append([])
            taken = names
        tables[-1].append(column)
        taken += wanted
    return tables


def _width(column: Column) -> int:
    return max(len(line) for cell in column for line in cell)


def _block(of_rows: list[Column], of_cells: list[Column]) -> str:
    """Return columns side by side, cells at the top of their rows."""
    columns = of_rows + of_cells
    widths = [_width(column) for column in columns]
    lines = []
    for cells in zip(*columns, strict=True):
        for parts in zip_longest(*cells, fillvalue=""):
            line = GAP.join(
                part.ljust(width) if n < len(of_rows) else part.rjust(width)
                for n, (part, width) in enumerate(zip(parts, widths, strict=True))
            )
            lines.append(line.rstrip())
    return "\n".join(lines)


def _said(value: object) -> str:
    return str(said(value))


def _once(labels: list[str], rows: list[tuple[object, ...]], level: int) -> list[str]:
    """Leave out the name of an outer level that the row above has too."""
    if not rows or level == len(rows[0]) - 1:
        return labels
    above = [None, *rows[:-1]]
    return [
        "" if before is not None and before[: level + 1] == row[: level + 1] else label
        for label, before, row in zip(labels, above, rows, strict=True)
    ]


def _column(texts: list[str], width: int) -> Column:
    return [textwrap.wrap(text, width) or [""] for text in texts]

"""What is done to a row of futures that lie side by side, whatever it holds?

Lives here: copying. May not live here: rules.
"""

from __future__ import annotations

from typing import Any

from pbc_sim.operations.kernel.compiled import compiled

__all__ = ["copy"]


@compiled
def copy(row: Any, into: Any) -> None:
    """Copy a row; NumPy's way would compile the message for rows that do not fit, too."""
    for x in range(len(row)):
        into[x] = row[x]

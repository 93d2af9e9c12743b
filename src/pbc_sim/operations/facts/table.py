"""What is a table of facts: equally long columns that nobody may write to.

Lives here: what all tables share. May not live here: which facts there are.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

import numpy as np

__all__ = ["Table"]


@dataclass(frozen=True)
class Table:
    """Equally long columns that nobody may write to."""

    def __post_init__(self) -> None:
        for column in vars(self).values():
            column.setflags(write=False)

    @cached_property
    def derived(self) -> dict[Any, Any]:
        """What has been worked out from these facts alone, by what was asked."""
        return {}

    def __len__(self) -> int:
        # Columns come first among the attributes; asking for their names takes longer.
        return len(next(iter(vars(self).values())))

    @classmethod
    def empty(cls) -> Self:
        """Return a table without rows."""
        return cls(*(np.empty(0, dtype=int) for _ in fields(cls)))

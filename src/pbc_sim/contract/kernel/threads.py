"""How do several cores share compiled work?

Lives here: threads for rules that hold no lock. May not live here: rules, what they work on.
Threads need no copies of facts and results, as processes would; each portion of the work writes
where no other one does, so the numbers are the same for any number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["in_threads"]

Portion = TypeVar("Portion")
Result = TypeVar("Result")

#: Portions from which on a further thread is worth starting.
WORTH_A_THREAD = 4


def in_threads(
    work: Callable[[Portion], Result], portions: Sequence[Portion], threads: int | None
) -> list[Result]:
    """Do the work on each portion, and return the results in their order.

    Parameters
    ----------
    work : callable
        Is called with a portion.
    portions : sequence
        What is to be done.
    threads : int, optional
        How many; as many as there are cores to work on where empty.

    Examples
    --------
    >>> in_threads(abs, [-1, 2, -3], threads=2)
    [1, 2, 3]
    """
    threads = min(threads or _cores(), len(portions) // WORTH_A_THREAD)
    if threads <= 1:
        return [work(portion) for portion in portions]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, portions))


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1

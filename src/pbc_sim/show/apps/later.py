"""How is something done when somebody has come to rest?

Lives here: a call that waits, and that each further one puts off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["Later"]


class Later:
    """A call that is put off while more of them come.

    Parameters
    ----------
    delay : float
        How long it waits. [s]
    call : callable
        What is done then. Where nothing runs meanwhile, as in a script, it waits for `now`.
    """

    def __init__(self, delay: float, call: Callable[[], None]) -> None:
        self._delay, self._call = delay, call
        self._handle: asyncio.TimerHandle | None = None

    def call(self) -> None:
        """Do it after the delay, unless this is called again before."""
        if self._handle:
            self._handle.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._handle = loop.call_later(self._delay, self._call)

    def now(self) -> None:
        """Do it without waiting."""
        if self._handle:
            self._handle.cancel()
        self._call()

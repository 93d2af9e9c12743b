"""What is worked out from a ledger once, however many KPIs and cost lines ask?

Lives here: keeping answers with the ledger that they are about. May not live here: the answers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from pbc_sim.operations.ledger import Ledger

__all__ = ["once"]

Answer = TypeVar("Answer", bound=Callable[..., Any])


def once(answer: Answer) -> Answer:
    """Let a function of a ledger work each answer out once; nobody may write to its arrays.

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger
    >>> @once
    ... def late(ledger):
    ...     return ledger.lines.delivered > 4
    >>> ledger = example_ledger()
    >>> late(ledger) is late(ledger)
    True
    """

    @wraps(answer)
    def kept(ledger: Ledger, *asked: Any) -> Any:
        question = (answer, *asked)
        if question not in ledger.derived:
            ledger.derived[question] = _frozen(answer(ledger, *asked))
        return ledger.derived[question]

    return cast(Answer, kept)


def _frozen(answer: Any) -> Any:
    for array in answer if isinstance(answer, tuple) else (answer,):
        array.setflags(write=False)
    return answer

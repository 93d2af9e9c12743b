"""Who gets what comes in when stock is short: allocation rules.

Lives here: one frozen class a rule. May not live here: SimPy, stock, what a line is worth.
To add a rule: one class with `@ALLOCATIONS.register` that shares out units over waiting lines;
nothing else changes.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, ClassVar, NamedTuple

from pbc_sim.catalogue import Catalogue
from pbc_sim.inputs import OneOf, Written
from pbc_sim.operations.apportionment import apportioned
from pbc_sim.world.calendar import Duration

__all__ = ["ALLOCATIONS", "Allocation", "AnyAllocation", "FirstCome", "Waiting"]


class Waiting(NamedTuple):
    """A line that waits for stock.

    Parameters
    ----------
    missing : int
        Units that it misses. [unit]
    urgent : bool
        Whether its order is urgent.
    is_older_than : callable
        Whether its order was placed at least a duration ago.
    """

    missing: int
    urgent: bool = False
    is_older_than: Callable[[Duration], bool] = lambda age: False


class Allocation(Written):
    """A rule for sharing out units of an item over the lines that wait for it."""

    #: Whether lines are served in the order in which they began to wait, each as far as stock goes.
    in_turn: ClassVar[bool] = False

    @abstractmethod
    def share_out(self, units: int, waiting: Sequence[Waiting]) -> list[int]:
        """Return what each waiting line is given, in the order of the queue [unit].

        Parameters
        ----------
        units : int
            What is on hand, > 0. [unit]
        waiting : sequence of Waiting
            The queue, the line that has waited longest first.
        """


ALLOCATIONS: Catalogue[type[Allocation]] = Catalogue("allocation rule")


def _served(units: int, waiting: Sequence[Waiting], ranks: Iterator[int]) -> list[int]:
    given = [0] * len(waiting)
    for n in ranks:
        given[n] = min(units, waiting[n].missing)
        units -= given[n]
    return given


@ALLOCATIONS.register("first_come")
class FirstCome(Allocation):
    """First come, first served: the line that has waited longest gets all it misses.

    Source: Silver, Pyke and Thomas (2017), ch. 6: backorders are filled in the order of demand.

    Examples
    --------
    >>> FirstCome().share_out(5, [Waiting(4), Waiting(3)])
    [4, 1]
    """

    in_turn: ClassVar[bool] = True

    def share_out(self, units: int, waiting: Sequence[Waiting]) -> list[int]:
        """Serve the queue from its head."""
        return _served(units, waiting, iter(range(len(waiting))))


@ALLOCATIONS.register("critical_first")
class CriticalFirst(Allocation):
    """Lines of urgent orders first, the others after them, each group first come, first served.

    Urgent are the orders of `urgent` units, and those of storerooms for which a machine stands.
    Source: Ha (1997), Management Science 43(8):1093-1103 (priority of demand classes), without a
    reserve: an order takes what is on hand when it is placed, urgent or not.

    Examples
    --------
    >>> CriticalFirst().share_out(5, [Waiting(4), Waiting(3, urgent=True)])
    [2, 3]
    """

    def share_out(self, units: int, waiting: Sequence[Waiting]) -> list[int]:
        ranks = sorted(range(len(waiting)), key=lambda n: not waiting[n].urgent)
        return _served(units, waiting, iter(ranks))


@ALLOCATIONS.register("in_time_first")
class InTimeFirst(Allocation):
    """Lines of orders that can still be in time first; what is overdue anyway waits.

    Each group is served first come, first served. A share of orders in time rises, and those that
    are late become later: it pays where a late order is failed, however late it comes.
    Source: Moore (1968), Management Science 15(1):102-109 (fewest late jobs: those that cannot be
    in time go last).

    Parameters
    ----------
    until : Duration
        Age from which an order counts as overdue: the limit of the contract, less what picking and
        transport take.

    Examples
    --------
    >>> rule = InTimeFirst(until=Duration(calendar_days=2))
    >>> rule.share_out(5, [Waiting(4, is_older_than=lambda age: True), Waiting(3)])
    [2, 3]
    """

    until: Duration

    def share_out(self, units: int, waiting: Sequence[Waiting]) -> list[int]:
        ranks = sorted(range(len(waiting)), key=lambda n: waiting[n].is_older_than(self.until))
        return _served(units, waiting, iter(ranks))


@ALLOCATIONS.register("fair_share")
class FairShare(Allocation):
    """Everyone gets part: units are shared out in proportion to what each line misses.

    Source: Lagodimos (1992), European Journal of Operational Research 58(2):235-247 (fair shares
    in rationing); whole units by largest remainder, of equal ones to who has waited longest.

    Examples
    --------
    >>> FairShare().share_out(5, [Waiting(6), Waiting(3), Waiting(1)])
    [3, 2, 0]
    """

    def share_out(self, units: int, waiting: Sequence[Waiting]) -> list[int]:
        missing = [line.missing for line in waiting]
        return missing if units >= sum(missing) else apportioned(units, missing)


#: The type of a field that holds an allocation rule.
AnyAllocation = Annotated[Any, OneOf(ALLOCATIONS)]

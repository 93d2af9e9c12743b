"""Which engine simulates a plan: SimPy's reference model, or its compiled twin.

Lives here: the choice, and why it fell so. May not live here: either model.
Both give the same ledger, so the choice changes how long it takes and no number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib.util import find_spec
from typing import Literal, NamedTuple, get_args

from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.operations.kernel import not_covered
from pbc_sim.operations.ledger import Ledger
from pbc_sim.operations.model import simulate
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.world.future import Drawing, World
from pbc_sim.world.ordering import draw_orders
from pbc_sim.world.setting import Setting

__all__ = ["ENGINES", "Chosen", "Engine", "choose_engines", "ordering", "simulator"]

Engine = Literal["auto", "simpy", "compiled"]
ENGINES: tuple[str, ...] = get_args(Engine)


class Chosen(NamedTuple):
    """The engine of a plan, "simpy" or "compiled", and why the other one was not taken."""

    engine: str
    reason: str


def choose_engines(
    engine: str, setting: Setting, plans: Mapping[str, SupplierPlan]
) -> dict[str, Chosen]:
    """Return the engine of each plan; "auto" compiles what it can.

    Raises
    ------
    PbcError
        If there is no such engine, or a plan cannot run on the one that is asked for.
    """
    require_type("engine", engine, str, f"give one of {', '.join(ENGINES)}")
    if engine not in ENGINES:
        raise PbcError(unknown_name("engine", engine, ENGINES))
    if engine == "simpy":
        return dict.fromkeys(plans, Chosen("simpy", "It was asked for."))
    chosen = {}
    for name, plan in plans.items():
        reason = _against_compiling(setting, plan)
        if reason and engine == "compiled":
            raise PbcError(
                f"plan '{name}' cannot run on the compiled engine: {reason} Use engine auto or "
                "simpy."
            )
        chosen[name] = Chosen("simpy", reason) if reason else Chosen("compiled", "It is faster.")
    return chosen


def _against_compiling(setting: Setting, plan: SupplierPlan) -> str | None:
    if find_spec("numba") is None:
        return "Numba is not installed (it comes with the extra `fast`)."
    return not_covered(setting, plan)


def ordering(engines: Iterable[str]) -> Drawing:
    """Return what draws the orders of futures for some engines; all ways draw the same."""
    if "compiled" not in engines:
        return draw_orders
    from pbc_sim.operations.kernel.ordering import Ordering

    return Ordering()


def simulator(engine: str, setting: Setting, plan: SupplierPlan) -> Callable[[World], Ledger]:
    """Return what simulates a plan in the worlds of a setting on an engine that was chosen."""
    if engine == "simpy":
        return partial(simulate, plan=plan)
    # Numba is slow to import, not always needed, and need not be there.
    from pbc_sim.operations.kernel.twins import twin_of

    return twin_of(setting, plan).simulate

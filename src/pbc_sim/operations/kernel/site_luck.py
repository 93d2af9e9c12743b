"""With what luck do machines fail and storerooms order: streams laid out as arrays.

Lives here: arrays that all plans of a replication share, as far as any of them has asked.
May not live here: rules, levers of a plan, orders of the units themselves (`luck.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pbc_sim.operations.kernel.luck import worked_out
from pbc_sim.operations.kernel.site_layout import COMPLAINS, COMPLAINT_WORK
from pbc_sim.world.distributions import Constant, Distribution
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import OF_A_DELIVERY, World
from pbc_sim.world.machines import CalibrationTerms

__all__ = ["SiteLuck"]

Address = tuple[int, ...]

#: Where there is nothing to wait for.
AT_ONCE = Constant(value=0.0)

#: What is complained about, in the order of the layout's rows.
KINDS = 3


class SiteLuck:
    """The arrays of one world, which is handed over where more is drawn.

    Parameters
    ----------
    world : World
        Everybody's luck.
    """

    def __init__(self, world: World) -> None:
        setting, terms = world.setting, world.setting.terms
        self.shelves = [*zip(*setting.part_demand.nonzero(), strict=True)]
        self.machines = setting.machines
        self.modes = [
            (machine, mode, failure)
            for machine, of in enumerate(setting.machines)
            for mode, failure in enumerate(of.group.failures.values())
        ]
        self.terms = terms
        self._worked_out = worked_out(setting)
        self._known: dict[Purpose, np.ndarray] = {}
        self._of_shelves: dict[tuple[Purpose, int], np.ndarray] = {}

    def of_modes(self, world: World, purpose: Purpose, size: int) -> np.ndarray:
        """Return the n-th life or repair of each mode, shape (n_modes, at least `size`) [hour]."""
        laws = [
            failure.hours_to_failure if purpose == Purpose.FAILURE_HOURS else failure.repair_hours
            for _, _, failure in self.modes
        ]
        addresses = [(machine, mode) for machine, mode, _ in self.modes]
        return self._table(world, purpose, laws, addresses, size)

    def of_machines(self, world: World, purpose: Purpose, size: int) -> np.ndarray:
        """Return the luck of each machine's n-th visit or calibration, shape (n_machines, ...)."""
        laws = [self._law_of(purpose, machine.group.calibration) for machine in self.machines]
        return self._table(world, purpose, laws, [(n,) for n in range(len(laws))], size)

    def _law_of(self, purpose: Purpose, device: CalibrationTerms | None) -> Distribution:
        """Return a law of a machine; one that is no device has no luck with drifts."""
        terms = self.terms.machines
        if device and purpose == Purpose.DRIFT:
            return device.drifts_after
        if device and purpose == Purpose.DRIFT_NOTICED:
            return device.noticed_after
        if terms and purpose == Purpose.DIAGNOSIS_HOURS:
            return terms.diagnosis_hours
        if terms and purpose == Purpose.CALIBRATION_HOURS:
            return terms.calibration_hours
        if terms and purpose == Purpose.PREVENTIVE_HOURS:
            return terms.preventive_hours
        return AT_ONCE

    def ordering_delays(self, world: World, size: int) -> np.ndarray:
        """Return the delay of each shelf's n-th order, shape (n_shelves, ...) [business day]."""
        machines = self.terms.machines
        law = machines.ordering_delay if machines else AT_ONCE
        laws = [law] * len(self.shelves)
        return self._table(world, Purpose.ORDERING_DELAY, laws, self.shelves, size)

    def of_shelves(self, world: World, deliveries: int, size: int) -> np.ndarray:
        """Return the luck of the shelves' orders, axes (delivery, shelf, n, purpose)."""
        return self._of_shelves_for(world, OF_A_DELIVERY, deliveries, size)

    def complaints_of_shelves(self, world: World, size: int) -> np.ndarray:
        """Return who complains of the shelves' orders, axes (about what, shelf, n, purpose)."""
        if self.terms.service is None:
            return np.zeros((KINDS, len(self.shelves), size, 2))
        purposes = (Purpose.COMPLAINT, Purpose.COMPLAINT_HOURS)
        return self._of_shelves_for(world, purposes, KINDS, size)

    def _of_shelves_for(
        self, world: World, purposes: Sequence[Purpose], numbers: int, size: int
    ) -> np.ndarray:
        drawn = np.empty((numbers, len(self.shelves), size, len(purposes)))
        for number in range(numbers):
            for n, purpose in enumerate(purposes):
                drawn[number, :, :, n] = self._of_each_shelf(world, purpose, number, size)
        return drawn

    def complaints(self, world: World, room: int) -> np.ndarray:
        """Return who complains of units' orders, axes (about what, line and room, purpose)."""
        n_lines = len(world.line_item)
        drawn = np.zeros((KINDS, n_lines + room, 2))
        if self.terms.service is not None:
            for kind in range(KINDS):
                drawn[kind, :n_lines, COMPLAINS] = world.by_line(Purpose.COMPLAINT, kind)
                hours = world.by_line(Purpose.COMPLAINT_HOURS, kind)
                drawn[kind, :n_lines, COMPLAINT_WORK] = hours
        return drawn

    def enquiries(self, world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return when enquiries come [day], how urgent they are [1], and their work [hour]."""
        times, service = world.enquiry_times, self.terms.service
        n = len(times)
        if service is None or not n:
            return np.empty(0), np.empty(0), np.empty(0)
        urgency = np.ones(n)
        if service.urgent_share:
            urgency = world.endless(None, Purpose.ENQUIRY_URGENT, 0).first(n)
        hours = world.endless(service.handling_hours, Purpose.ENQUIRY_HOURS, 0).first(n)
        return times.copy(), urgency.copy(), hours.copy()

    def _of_each_shelf(self, world: World, purpose: Purpose, number: int, size: int) -> np.ndarray:
        known = self._of_shelves.get((purpose, number))
        if known is None or known.shape[1] < size:
            known = np.empty((len(self.shelves), size))
            for row, (unit, item) in zip(known, self.shelves, strict=True):
                luck = world.of_storeroom(purpose, number, int(unit), int(item)).first(size)
                if purpose in self._worked_out:
                    luck = world.value_of(purpose, luck)
                row[:] = luck
            self._of_shelves[purpose, number] = known
        return known[:, :size]

    def _table(
        self,
        world: World,
        purpose: Purpose,
        laws: Sequence[Distribution],
        addresses: Sequence[Address],
        size: int,
    ) -> np.ndarray:
        known = self._known.get(purpose)
        if known is None or known.shape[1] < size:
            known = np.empty((len(laws), size))
            for row, law, address in zip(known, laws, addresses, strict=True):
                row[:] = self._first(world, law, (purpose, *address), size)
            self._known[purpose] = known
        return known

    def _first(
        self, world: World, law: Distribution, address: Address, size: int
    ) -> np.ndarray | float:
        # A constant uses up no luck, and a stream of its own would cost more than the rest.
        if isinstance(law, Constant):
            return law.value
        purpose, *entity = address
        return world.endless(law, Purpose(purpose), *map(int, entity)).first(size)

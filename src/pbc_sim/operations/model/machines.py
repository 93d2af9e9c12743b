"""What happens to the machines that the buyer runs: they fail, wait, are repaired, and run again.

Lives here: hours run, failures, repairs, calibration, preventive visits. May not live here: where
parts come from (`storeroom.py`), who is free to come (`desk.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from pbc_sim.operations.model.clock import ORDER, RECEIPT, REVIEW
from pbc_sim.operations.model.desk import Desk
from pbc_sim.operations.model.site import Site
from pbc_sim.operations.model.storeroom import Part, Storerooms
from pbc_sim.operations.record import NEVER
from pbc_sim.operations.service_record import ServiceRecord
from pbc_sim.world.draws import Purpose
from pbc_sim.world.setting import Machine

__all__ = ["Machines"]

Done = Callable[[float], None]

NO_PART = -1
#: Places in a row of `ServiceRecord.failures` that are filled in later.
SUPPLIED, RESTORED, REFITS = 5, 6, 7


class MachineState:
    """One machine: the hours it has run, and the ages at which its parts will fail."""

    def __init__(self, number: int, machine: Machine, items: dict[str, int]) -> None:
        self.number, self.unit = number, machine.unit
        self.modes = list(machine.group.failures.values())
        self.calibration = machine.group.calibration
        self.items = [items[m.part] if m.part is not None else NO_PART for m in self.modes]
        self.age = 0.0
        #: Since when the age counts.
        self.since = 0.0
        #: Hours run at which each mode fails next; infinite while it is being repaired.
        self.fails_at = [math.inf] * len(self.modes)
        self.lives = [0] * len(self.modes)
        self.repairs = [0] * len(self.modes)
        self.failed: set[int] = set()
        #: The other machines of its line, and how many of them stand.
        self.line: list[MachineState] = []
        self.halted_by = 0
        #: What was expected before the machine stopped, or a part was renewed, is void.
        self.version = 0
        self.calibrations = 0
        self.technical_visits = 0

    @property
    def stands(self) -> bool:
        """Whether some failure stops the machine."""
        return any(not self.modes[mode].output_without for mode in self.failed)

    @property
    def runs(self) -> bool:
        """Whether neither it nor another machine of its line stands."""
        return not self.halted_by and not self.stands

    @property
    def output(self) -> float:
        """Output relative to full output [1]."""
        return math.prod(self.modes[mode].output_without for mode in sorted(self.failed))


@dataclass
class RepairJob:
    """What has to be mended, its row in the record, and the call to a technician if any."""

    machine: MachineState
    mode: int
    stands: bool
    row: list[float]
    call: list[float] | None = None


class Machines:
    """The installed base under one plan in one future."""

    def __init__(
        self, supply: Site, storerooms: Storerooms, desk: Desk, record: ServiceRecord
    ) -> None:
        self.supply, self.storerooms, self.desk, self.record = supply, storerooms, desk, record
        self.world, self.calendar = supply.world, supply.calendar
        setting = self.world.setting
        if supply.terms.machines:
            self.terms = supply.terms.machines
            self.always = self.terms.run == "always"
        items = {name: number for number, name in enumerate(setting.item_names)}
        self.states = [MachineState(n, m, items) for n, m in enumerate(setting.machines)]
        for numbers in setting.lines:
            for number in numbers:
                self.states[number].line = [self.states[n] for n in numbers if n != number]

    def open(self) -> None:
        """Begin with machines as new, all of them running."""
        every = self.supply.plan.preventive_every_days
        for machine in self.states:
            for mode in range(len(machine.modes)):
                self.renew(machine, mode)
            self.note_output(0.0, machine)
            self.run_on(0.0, machine)
            self.calibrate(0.0, machine)
            if every:
                # Spread over the interval, so that visits do not come all at once.
                first = every * (machine.number + 1) / len(self.states)
                self.supply.clock.at(first, REVIEW, self.call_preventive, machine, first, 1)

    # Hours run --------------------------------------------------------------------------------

    def hours_run(self, begin: float, end: float) -> float:
        """Return the hours that a machine without failures runs between two instants [hour]."""
        if self.always:
            return (end - begin) * 24
        worked = self.calendar.worked_at(end) - self.calendar.worked_at(begin)
        return worked * self.calendar.hours_per_day

    def after_running(self, now: float, hours: float) -> float:
        """Return when a machine that runs on will have run for some hours more [day]."""
        if self.always:
            return now + hours / 24
        return self.calendar.after(now, hours / self.calendar.hours_per_day)

    def grow_older(self, now: float, machine: MachineState) -> None:
        """Bring the hours run up to date."""
        if machine.runs:
            machine.age += self.hours_run(machine.since, now)
        machine.since = now

    def renew(self, machine: MachineState, mode: int) -> None:
        """Give a mode a new life, counted from the machine's age now."""
        law = machine.modes[mode].hours_to_failure
        lives = self.world.endless(law, Purpose.FAILURE_HOURS, machine.number, mode)
        machine.fails_at[mode] = machine.age + lives[machine.lives[mode]]
        machine.lives[mode] += 1

    def run_on(self, now: float, machine: MachineState) -> None:
        """Expect the next failure, unless the machine stands or is halted."""
        machine.version += 1
        if not machine.runs or not machine.modes:
            return
        hours = min(machine.fails_at)
        if hours < math.inf:
            mode = machine.fails_at.index(hours)
            # A life may be over at once where it is zero hours long.
            when = max(self.after_running(now, hours - machine.age), now)
            self.supply.clock.at(when, ORDER, self.fail, machine, mode, machine.version)

    # Failure and repair -----------------------------------------------------------------------

    def fail(self, now: float, machine: MachineState, mode: int, version: int) -> None:
        """Let a machine fail, and see to its repair."""
        if version != machine.version:
            return
        # Exactly the age that was drawn, so that rounding does not add up.
        machine.age, machine.since = machine.fails_at[mode], now
        machine.fails_at[mode] = math.inf
        terms, item = machine.modes[mode], machine.items[mode]
        stands = not terms.output_without
        if stands:
            self.halt(now, machine, 1)
        machine.failed.add(mode)
        row: list[float] = [now, machine.number, mode, item, stands, NEVER, NEVER, 0]
        self.record.failures.append(row)
        self.note_output(now, machine)
        self.run_on(now, machine)
        job = RepairJob(machine, mode, stands, row)
        if terms.repaired_by == "technician":
            self.call_technician(now, job)
        elif item == NO_PART:
            self.repair(now, job, None)
        else:
            self.fetch_part(now, job)

    def halt(self, now: float, machine: MachineState, by: int) -> None:
        """Stop the other machines of a line as one of them stops, or let them go on (by -1)."""
        for other in machine.line:
            self.grow_older(now, other)
            other.halted_by += by
            self.run_on(now, other)

    def call_technician(self, now: float, job: RepairJob) -> None:
        """Call a technician, who finds out what is wrong and repairs it if that needs no part."""
        machine = job.machine
        job.call = self.desk.open_technical_call(now, machine.unit, machine.number, job.stands)
        hours = self.work(Purpose.DIAGNOSIS_HOURS, machine.number, machine.technical_visits)
        machine.technical_visits += 1
        if machine.items[job.mode] == NO_PART:
            job.row[SUPPLIED] = now
            hours += self.repair_hours(job)
            self.visit(now, job, hours, lambda now: self.repaired(now, job, None))
        else:
            self.visit(now, job, hours, lambda now: self.fetch_part(now, job))

    def fetch_part(self, now: float, job: RepairJob) -> None:
        """Wait until the part is in hand."""
        machine = job.machine
        item = machine.items[job.mode]
        self.storerooms.ask(
            now, machine.unit, item, job.stands, lambda now, part: self.repair(now, job, part)
        )

    def repair(self, now: float, job: RepairJob, part: Part | None) -> None:
        """Repair a machine, with the part in hand if one is needed."""
        job.row[SUPPLIED] = now
        hours = self.repair_hours(job)
        if job.call is None:
            # The buyer's own people work whenever the machine is meant to run.
            ready = self.after_running(now, hours)
            self.supply.clock.at(ready, RECEIPT, self.repaired, job, part)
        else:
            self.visit(now, job, hours, lambda now: self.repaired(now, job, part))

    def repaired(self, now: float, job: RepairJob, part: Part | None) -> None:
        """Let a machine run again, unless the part that was fitted is defective."""
        machine, mode = job.machine, job.mode
        if part is not None and part.defective:
            job.row[REFITS] += 1
            self.storerooms.reject(now, (machine.unit, machine.items[mode]), part)
            self.fetch_part(now, job)
            return
        job.row[RESTORED] = now
        if job.call is not None:
            self.desk.close(now, job.call)
        self.grow_older(now, machine)
        machine.failed.discard(mode)
        if job.stands:
            self.halt(now, machine, -1)
        self.renew(machine, mode)
        self.note_output(now, machine)
        self.run_on(now, machine)

    def repair_hours(self, job: RepairJob) -> float:
        """Return the work of the mode's next repair [hour]."""
        machine, mode = job.machine, job.mode
        law = machine.modes[mode].repair_hours
        work = self.world.endless(law, Purpose.REPAIR_HOURS, machine.number, mode)
        number, machine.repairs[mode] = machine.repairs[mode], machine.repairs[mode] + 1
        return work[number]

    # Technicians and devices ------------------------------------------------------------------

    def work(self, purpose: Purpose, machine: int, number: int) -> float:
        """Return a technician's work at the n-th visit of a kind to a machine [hour]."""
        laws = {
            Purpose.DIAGNOSIS_HOURS: self.terms.diagnosis_hours,
            Purpose.CALIBRATION_HOURS: self.terms.calibration_hours,
            Purpose.PREVENTIVE_HOURS: self.terms.preventive_hours,
        }
        return self.world.endless(laws[purpose], purpose, machine)[number]

    def visit(self, now: float, job: RepairJob, hours: float, done: Done) -> None:
        """Have a technician work at a machine that has failed."""
        self.desk.visit(now, job.machine.number, hours, done, call=job.call)

    def calibrate(self, now: float, machine: MachineState) -> None:
        """Set a device right, and expect its next drift."""
        if machine.calibration is None:
            return
        law = machine.calibration.drifts_after
        drifts = self.world.endless(law, Purpose.DRIFT, machine.number)
        when = now + drifts[machine.calibrations]
        # What was expected of the calibration before is void.
        machine.calibrations += 1
        self.record.calibrations += (now, machine.number, True)
        self.supply.clock.at(when, ORDER, self.drift, machine, machine.calibrations)

    def drift(self, now: float, machine: MachineState, calibration: int) -> None:
        """Let a device measure wrongly until somebody notices."""
        if calibration != machine.calibrations or machine.calibration is None:
            return
        self.record.calibrations += (now, machine.number, False)
        law = machine.calibration.noticed_after
        noticed = self.world.endless(law, Purpose.DRIFT_NOTICED, machine.number)
        when = now + noticed[calibration - 1]
        self.supply.clock.at(when, ORDER, self.notice_drift, machine, calibration)

    def notice_drift(self, now: float, machine: MachineState, calibration: int) -> None:
        """Call a technician to calibrate a device, unless it has been set right meanwhile."""
        if calibration != machine.calibrations:
            return
        hours = self.work(Purpose.CALIBRATION_HOURS, machine.number, calibration - 1)
        call = self.desk.open_technical_call(now, machine.unit, machine.number, urgent=False)

        def calibrated(now: float) -> None:
            self.desk.close(now, call)
            self.calibrate(now, machine)

        self.desk.visit(now, machine.number, hours, calibrated, call=call)

    def call_preventive(self, now: float, machine: MachineState, first: float, number: int) -> None:
        """Send a technician before anything fails, and again one interval later."""
        hours = self.work(Purpose.PREVENTIVE_HOURS, machine.number, number - 1)
        self.desk.visit(now, machine.number, hours, lambda now: self.prevent(now, machine))
        again = first + number * (self.supply.plan.preventive_every_days or math.inf)
        self.supply.clock.at(again, REVIEW, self.call_preventive, machine, first, number + 1)

    def prevent(self, now: float, machine: MachineState) -> None:
        """Make preventable parts as good as new, and set the device right."""
        self.grow_older(now, machine)
        for mode, terms in enumerate(machine.modes):
            if terms.preventable and mode not in machine.failed:
                self.renew(machine, mode)
        self.run_on(now, machine)
        self.calibrate(now, machine)

    def note_output(self, now: float, machine: MachineState) -> None:
        """Write down the output of a machine after a change."""
        self.record.machine_states += (now, machine.number, machine.output)

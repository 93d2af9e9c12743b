"""Which numbers of machines, storerooms and the desk does the compiled model read and write?

Lives here: the arrays of a replication that a world with an installed base or a service desk has
besides those of `layout.py`, and the names of their columns. May not live here: rules, numba.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

__all__ = ["GivenSite", "SiteWork"]

#: The order line of a part that was in a storeroom from the start.
OPENING: Final = -1
#: Staff who are never short.
ENOUGH: Final = 0

# Columns of `GivenSite.modes`.
MODE_ITEM, MODE_SHELF, BY_TECHNICIAN, PREVENTABLE = range(4)

# What is complained about; rows of `GivenSite.complaint_luck`.
LATE, WRONG, DEFECTIVE = range(3)
COMPLAINS, COMPLAINT_WORK = range(2)

# Columns of `SiteWork.machines`: what is void is told by a version, and so is a calibration.
HALTED_BY, VERSION, CALIBRATED, TECHNICAL_VISITS = range(4)
AGE, SINCE = range(2)

# Columns of `SiteWork.modes`.
LIVES, REPAIRS, FAILED = range(3)

# Columns of `SiteWork.jobs`, and of `SiteWork.tasks`, in which staff work for some hours.
JOB_MACHINE, JOB_MODE, JOB_STANDS, JOB_ROW, JOB_CALL, JOB_PART_LINE, JOB_DEFECTIVE = range(7)
TASK_STAFF, TASK_URGENT, TASK_CALL, TASK_MACHINE, TASK_THEN, TASK_JOB, NEXT_TASK = range(7)
# What is done when a task has ended.
CLOSE_CALL, FETCH_PART, REPAIR_MACHINE, CALIBRATE, PREVENT = range(5)

# Rows of `SiteWork.staff`, and its columns.
DESK, TECHNICIANS = range(2)
BUSY, FIRST_URGENT_TASK, LAST_URGENT_TASK, FIRST_TASK, LAST_TASK = range(5)

# Columns of `SiteWork.shelves`.
(
    PARTS,
    FIRST_PART,
    LAST_PART,
    PARTS_ON_ORDER,
    ORDERS,
    FIRST_URGENT,
    LAST_URGENT,
    WISHES,
    FIRST_WISH,
    LAST_WISH,
) = range(10)

# Columns of `SiteWork.parts` and `SiteWork.wishes`.
PART_LINE, PART_DEFECTIVE, NEXT_PART = range(3)
WISH_JOB, NEXT_WISH = range(2)

# Places of `SiteWork.counts`: how many rows of each array are in use.
(
    ALL_ORDERS,
    ALL_PARTS,
    ALL_WISHES,
    ALL_JOBS,
    ALL_TASKS,
    STATES,
    FAILURES,
    CALIBRATIONS,
    STOREROOM,
    PARTS_USED,
    LOW_STOCK,
    CALLS,
    VISITS,
    SITE_COUNTS,
) = range(14)


class GivenSite(NamedTuple):
    """What is known of machines, storerooms and staff before a replication begins."""

    # Machines: the modes of each, the production line it stands in, and whether it is calibrated.
    first_mode: np.ndarray
    unit_of: np.ndarray
    line_of: np.ndarray
    first_of_line: np.ndarray
    machines_of_lines: np.ndarray
    drifts: np.ndarray
    # Modes of all machines, end to end.
    modes: np.ndarray
    output_without: np.ndarray
    run_always: bool
    preventive_every: float  # 0 where nobody comes before something fails
    # Luck: of each mode's n-th life and repair; of each machine's n-th visit or calibration.
    lives: np.ndarray
    repair_hours: np.ndarray
    diagnosis_hours: np.ndarray
    drifts_after: np.ndarray
    noticed_after: np.ndarray
    calibration_hours: np.ndarray
    preventive_hours: np.ndarray
    # Storerooms: a shelf is one part at one unit.
    shelf_unit: np.ndarray
    shelf_is_urgent: np.ndarray
    shelf_item: np.ndarray
    shelf_policies: np.ndarray
    shelf_opening: np.ndarray
    shelf_review_days: np.ndarray
    low_stock_notice: bool
    # Luck of each shelf's n-th order: its delay, and its line's, axes (delivery, purpose, shelf, n)
    # and (what is complained about, purpose, shelf, n).
    ordering_delays: np.ndarray
    shelf_luck: np.ndarray
    shelf_complaints: np.ndarray
    # The desk.
    desk_staff: int
    technicians: int
    enquiry_time: np.ndarray
    enquiry_urgency: np.ndarray
    enquiry_hours: np.ndarray
    urgent_share: float
    late_after_kind: int
    late_after: float
    complaint_shares: np.ndarray
    complaint_luck: np.ndarray  # axes (what is complained about, line, purpose)


class SiteWork(NamedTuple):
    """What changes of machines, storerooms and staff while a replication runs."""

    counts: np.ndarray
    machines: np.ndarray
    ages: np.ndarray
    modes: np.ndarray
    fails_at: np.ndarray
    shelves: np.ndarray
    parts: np.ndarray
    wishes: np.ndarray
    wished_since: np.ndarray
    jobs: np.ndarray
    tasks: np.ndarray
    task_hours: np.ndarray
    staff: np.ndarray
    # Rows of the ledger, columns as in `ServiceRecord` and `Record`.
    machine_states: np.ndarray
    failures: np.ndarray
    calibrations: np.ndarray
    storeroom: np.ndarray
    parts_used: np.ndarray
    low_stock: np.ndarray
    calls: np.ndarray
    visits: np.ndarray

"""Which numbers does the compiled model read and write, and in which column is what?

Lives here: the arrays of a replication, and the names of their columns. May not live here: rules,
numba.
Objects of the reference model are rows here: a parcel, a job, a place in a queue is a number, and
rows that belong together are chained by the number of the next one, `NOTHING` being the end.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

__all__ = ["Facts", "Given", "Work"]

NOTHING: Final = -1

# Columns of `Given.lines`.
LINE_ORDER, LINE_ITEM, LINE_QUANTITY = range(3)

# Columns of `Given.policies`; a periodic one has its interval in `Given.review_days`.
POLICY, FIRST_AMOUNT, SECOND_AMOUNT = range(3)
# Kinds of policy; their amounts are the level; r and Q; s and S.
BASE_STOCK, POINT_QUANTITY, POINT_UP_TO = range(3)

# Columns of `Given.luck`: what chance decides of a delivery of a line, and how long things take.
(
    PICK_ERROR,
    PICK_ERROR_SIZE,
    PICK_CHECK,
    DOCUMENT_ERROR,
    RECEIPT_INSPECTION,
    PICK_HOURS,
    TRANSPORT_TIME,
    DISCOVERY_TIME,
    RETURN_TIME,
) = range(9)

# Rows of `Given.remains`, as the fields of `Factors`.
PICK_ERRORS, DOCUMENT_ERRORS, CHECK_MISSES, PICK_WORK, TRAVEL_TIME = range(5)

#: The error size of a delivery without an error.
NO_ERROR: Final = -1.0

# How an age is counted from which a plan treats orders otherwise, if it does.
NEVER, BUSINESS_AGE, CALENDAR_AGE = range(3)

# How a duration is counted after which something falls due.
DAYS, BUSINESS_DAYS, CLOSES = range(3)

# Kinds of allocation.
FIRST_COME, CRITICAL_FIRST, IN_TIME_FIRST, FAIR_SHARE = range(4)

# Columns of `Work.items`.
(
    SHELF_BEGIN,
    SHELF_END,
    SHELF_ROOM,
    ON_ORDER,
    WAITING,
    FIRST_WAITING,
    LAST_WAITING,
    LOTS,
    UNITS_BOUGHT,
    ON_THE_WAY,
    GOING_BACK,
) = range(11)

# Columns of `Work.waiting`, `Work.parcels`, `Work.jobs`, `Work.orders` and `Work.lines`.
PLACE_LINE, PLACE_UNITS, PLACE_REPLACEMENT, NEXT_PLACE, PLACE_GIVEN = range(5)
(
    PARCEL_LINE,
    PARCEL_UNITS,
    PARCEL_REPLACEMENT,
    PARCEL_LUCK,
    PARCEL_WRONG,
    PARCEL_DEFECTIVE,
    PARCEL_NOTED_FROM,
    NEXT_PARCEL,
) = range(8)
JOB_ORDER, JOB_PARCEL, NEXT_JOB = range(3)
NOT_YET_ALLOCATED, FIRST_HELD, LAST_HELD, UNDELIVERED = range(4)
DELIVERIES_BEGUN, FILLED_AT_ONCE = range(2)

# Columns of `Work.events`, and kinds of events.
EVENT, RANK, NEXT_EVENT, FACTS = range(4)
PLACE_ORDER, REVIEW_STOCK, GOODS_IN, FINISH, BEGIN, SEND_BACK, REJECT, REPLACE, RESTOCK = range(9)
# Those of machines, storerooms and the desk.
(
    KEEP,
    REVIEW_SHELF,
    SEND_ORDER,
    FAIL,
    REPAIRED,
    DRIFT,
    NOTICE_DRIFT,
    CALL_PREVENTIVE,
    ENQUIRE,
    LOOK_FOR,
    FREED,
    BEGIN_TASK,
    END_TASK,
) = range(9, 22)

# Columns of `Work.of_a_lot`, which has the rows of replenishments where lots are told apart.
LOT_SOURCE, SHORT, SENT_BACK, JUDGED, REJECTED, NEXT_LATE, NEXT_LOT = range(7)
# Columns of `Work.lot_times`, which has the same rows.
EXPECTED, HELD_SINCE, LOT_COMES, MADE_AGAIN = range(4)

# Columns of `Work.accounts` and `Work.account_times`: of each item at each source.
(
    FIRST_LATE,
    LAST_LATE,
    FIRST_OPEN,
    LAST_LOT,
    SHELF_LOT,
    ACCOUNT_LOTS,
    UNITS_ORDERED,
    AT_SOURCE,
    TAKEN,
    TAKEN_BEFORE,
) = range(10)
LAST_COMES, LAST_HELD_SINCE, LAST_ARRIVES, LAST_READY, BUSY_UNTIL = range(5)

# Columns of `Given.sources`, and kinds of sourcing.
CROSSES, CAPACITY, DELIVERS_ALL, SOURCE_STOCK = range(4)
SINGLE_SOURCE, SPLIT, BACKUP_WHEN_LATE, EMERGENCY = range(4)

# Columns of `Given.pace_at`, `Given.paces` and `Given.spells`, and the paces of all journeys.
FIRST_EDGE, FIRST_SPELL = range(2)
EDGE, PACE, COUNTED = range(3)
BEGAN, ENDED, SPELL = range(3)
ROADS, ROADS_IN_WORKING_TIME = range(2)

# Columns of `Given.samples`.
LARGEST_LOT, SAMPLE, ACCEPT = range(3)

# Rows of `Work.scratch`, on which is worked out how something is shared out or chosen.
WEIGHT, SHARE, MOVED = range(3)

#: What an event has to be told when it happens; what it does not need is 0.
Facts = tuple[int, int, int, int, int]

# Places of `Work.now`.
NOW, PAGES_A_DAY = range(2)

# Places of `Work.counts`. Most tell how many rows of an array are in use; `MOST_DELIVERIES`, how
# many deliveries a line has had at most.
(
    EVENTS,
    EVENTS_USED,
    PAGE,
    FREE_EVENT,
    EVENT_NUMBER,
    BUSY_PICKERS,
    FIRST_JOB,
    LAST_JOB,
    SHELVED,
    PLACES,
    PARCELS,
    JOBS,
    NOTED_UNITS,
    SHIPMENTS,
    DELIVERIES,
    RETURNS,
    LEVELS,
    CANCELLATIONS,
    REPLENISHMENTS,
    TOUCHED,
    MOST_DELIVERIES,
    LATER_DELIVERIES,
    STATUS,
    COUNTS,
) = range(24)

# What `Work.counts[STATUS]` says: all is well; the reference model must tell what is wrong; or an
# array is too short, so that the replication is run again with a longer one.
(
    WELL,
    AMISS,
    MORE_EVENTS,
    MORE_ROOM,
    MORE_SHELF,
    MORE_DELIVERIES,
    MORE_LOTS,
    MORE_SPELLS,
    MORE_UNITS,
    MORE_SITE,
) = range(10)


class Given(NamedTuple):
    """What is known before a replication begins, of plan and world.

    Arrays that only rules read that are compiled `seldom` are None where those are not.
    """

    # True where a plan or a world needs rules that are compiled only then, else None.
    seldom: bool | None
    # True where the rules of a site read this too, else None.
    of_a_site: bool | None
    ends: float
    most_events: int
    # The calendar.
    always_open: bool
    opens: np.ndarray
    closes: np.ndarray
    days_begun: np.ndarray  # business days, before each calendar day
    hours_per_day: float
    # What is ordered: by the units themselves, with room behind it for the orders of storerooms.
    orders_of_units: int
    lines_of_units: int
    order_time: np.ndarray
    first_line: np.ndarray
    lines: np.ndarray
    late_orders_annoy: bool
    # Levers of the plan.
    policies: np.ndarray
    opening_stock: np.ndarray
    review_days: np.ndarray
    sales_can_be_lost: bool
    complete_only: bool
    pickers: int
    inspects: bool
    inspected_share: float
    scrapped_share: float
    finds_share: float
    samples: np.ndarray  # by size of the lot, where lots are judged
    judges_lots: bool
    sends_back: bool
    tells_lots: bool
    express_after: int
    express_age: float
    allocation: int
    overdue_after: int
    overdue_age: float
    urgent: np.ndarray  # of each order, where it matters
    # Terms of the world.
    order_crossing: bool
    conditions_last_days: float
    travels_in_business_days: bool
    express_factor: float
    # Luck of each replenishment or spell of conditions, of each lot, and of each unit of an item.
    lead_times: np.ndarray
    lot_qualities: np.ndarray
    first_unit: np.ndarray
    unit_defects: np.ndarray
    unit_inspections: np.ndarray
    unit_detections: np.ndarray
    # Luck of deliveries of lines, axes (delivery and line, purpose): of the first deliveries of all
    # lines, as many as are laid out, and behind it room for that of later ones, whose streams these
    # are. Of each time, where its table of quantiles begins, and its scale; see `Tables`.
    luck: np.ndarray
    laid_out: int
    later: np.ndarray
    quantiles: np.ndarray
    table_begins: np.ndarray
    table_scales: np.ndarray
    # How a delivery is handled, and what investments and learning leave of it for each line.
    error_share: float
    documentation_error_share: float
    check_share: float
    check_finds_share: float
    check_hours: float
    opened_share: float
    improves: bool
    remains: np.ndarray
    # Sources, where they are named: what they are like, and of each account, an item at a source,
    # what is expected of it and the luck of its lots. Which are used, and by which rule.
    n_sources: int
    sources_are_named: bool
    sources: np.ndarray
    expected_lead_times: np.ndarray
    delivered_shares: np.ndarray
    roundings: np.ndarray
    production_times: np.ndarray
    sourcing: int
    sources_used: np.ndarray
    shares: np.ndarray
    overdue_days: float
    waiting_units: int  # 0 where it does not matter
    # Disruptions: the pace of each account's lots, of each unit's doors; where a pace begins among
    # the edges and among the spells; edges with what has been counted there; spells of each pace.
    interrupted: bool
    n_spells: int
    outages: np.ndarray
    doors: np.ndarray
    order_unit: np.ndarray
    pace_at: np.ndarray
    paces: np.ndarray
    spells: np.ndarray


class Work(NamedTuple):
    """What changes while a replication runs; some is None where no `seldom` rule changes it."""

    now: np.ndarray
    counts: np.ndarray
    # The queue of events: when each happens and what it is, and which are first and last of a page.
    event_time: np.ndarray
    events: np.ndarray
    first_of_page: np.ndarray
    last_of_page: np.ndarray
    items: np.ndarray
    last_arrival: np.ndarray
    accounts: np.ndarray
    account_times: np.ndarray
    shelf: np.ndarray  # at each place, how many defective units lie before it
    waiting: np.ndarray
    parcels: np.ndarray
    jobs: np.ndarray
    job_hours: np.ndarray
    noted_units: np.ndarray
    orders: np.ndarray
    last_arrival_of_order: np.ndarray
    lines: np.ndarray
    # The shelf of each storeroom's order, and machines that stand still and wait for it.
    shelf_of_line: np.ndarray
    urgent_wishes: np.ndarray
    scratch: np.ndarray
    # Rows of the ledger, columns as in `Record`.
    shipments: np.ndarray
    deliveries: np.ndarray
    returns: np.ndarray
    levels: np.ndarray
    cancellations: np.ndarray
    replenishments: np.ndarray
    of_a_lot: np.ndarray
    lot_times: np.ndarray
    touched: np.ndarray  # order and spell, not only once

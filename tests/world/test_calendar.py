"""Business time: work week, holidays, hours, and what "within two business days" means."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbc_sim.errors import PbcError
from pbc_sim.world.calendar import BusinessCalendar, CalendarTerms, Duration, Horizon

FIRST_DAY = dt.date(2022, 8, 12)  # a Friday; Wednesday the 17th is Independence Day
INDONESIA = BusinessCalendar.of(CalendarTerms(country="ID"), FIRST_DAY, days=90)
NEVER_CLOSED = BusinessCalendar.of(CalendarTerms(always_open=True), FIRST_DAY, days=90)


def at(day: int, hour: float) -> float:
    """Return a day of August 2022 and an hour of the clock as days since the start."""
    return day - FIRST_DAY.day + hour / 24


def date(time: float) -> str:
    return INDONESIA.date(time).strftime("%d %H:%M")


def test_independence_day_is_closed():
    open_days = {INDONESIA.date(opens).day for opens in INDONESIA.opens[:6]}

    assert open_days == {12, 15, 16, 18, 19, 22}


@pytest.mark.parametrize(
    ("day", "hour", "business_days", "due"),
    [
        (12, 10, 2, "16 10:00"),  # over a weekend
        (15, 10, 2, "18 10:00"),  # over a holiday
        (12, 10, 3, "18 10:00"),  # over both
        (12, 15, 0.5, "15 11:00"),  # one hour on Friday, three on Monday
        (12, 6, 1, "12 16:00"),  # placed before opening
        (12, 20, 1, "15 16:00"),  # placed after closing
        (13, 12, 1, "15 16:00"),  # placed on Saturday
        (17, 9, 1, "18 16:00"),  # placed on the holiday
        (15, 8, 1, "15 16:00"),  # a whole day ends at its close, not at the next opening
        (13, 12, 0, "13 12:00"),  # no time at all
    ],
)
def test_when_business_days_run_out(day, hour, business_days, due):
    limit = Duration(business_days=business_days)

    assert date(limit.due(INDONESIA, np.array([at(day, hour)]))[0]) == due
    assert date(INDONESIA.after(at(day, hour), business_days)) == due


@pytest.mark.parametrize(
    ("day", "hour", "due"),
    [
        (12, 8, "16 16:00"),  # the day of the order is not counted, at whatever hour
        (12, 15.9, "16 16:00"),
        (15, 10, "18 16:00"),  # over the holiday
        (13, 12, "18 16:00"),  # placed on Saturday is placed on Monday
        (12, 17, "18 16:00"),  # placed after closing too
    ],
)
def test_two_business_days_until_close_of_business(day, hour, due):
    limit = Duration(business_days=2, ends="close_of_business")

    assert date(limit.due(INDONESIA, np.array([at(day, hour)]))[0]) == due


def test_calendar_days_and_hours_ignore_the_calendar():
    begin = np.array([at(12, 10)])

    assert date(Duration(calendar_days=2).due(INDONESIA, begin)[0]) == "14 10:00"
    assert date(Duration(hours=36).due(INDONESIA, begin)[0]) == "13 22:00"


def test_elapsed_time_is_in_the_unit_of_the_limit():
    begin, end = np.array([at(12, 10)]), np.array([at(15, 12)])

    assert Duration(business_days=1).elapsed(INDONESIA, begin, end) == pytest.approx([1.25])
    assert Duration(calendar_days=1).elapsed(INDONESIA, begin, end) == pytest.approx([3 + 1 / 12])
    assert Duration(hours=1).elapsed(INDONESIA, begin, end) == pytest.approx([74])


def test_further_days_can_be_closed():
    terms = CalendarTerms(closed_on=[dt.date(2022, 8, 15)])

    closed = BusinessCalendar.of(terms, FIRST_DAY, days=30)

    assert closed.after(at(12, 10), 1) == pytest.approx(at(16, 10))


def test_the_next_opening_is_now_or_later():
    assert INDONESIA.next_open(at(12, 10)) == at(12, 10)
    assert date(INDONESIA.next_open(at(12, 20))) == "15 08:00"
    assert date(INDONESIA.next_open(at(12, 3))) == "12 08:00"


def test_a_term_of_months_ends_on_the_day_of_the_month():
    assert Horizon(months=1).length(dt.date(2024, 2, 1)) == 29
    assert Horizon(months=12).length(dt.date(2023, 3, 1)) == 366
    assert Horizon(months=1).length(dt.date(2023, 1, 31)) == 28


def test_a_calendar_that_closes_for_good_is_refused():
    terms = CalendarTerms(closed_on=[FIRST_DAY + dt.timedelta(days=n) for n in range(600)])

    with pytest.raises(PbcError, match="no business day after the horizon"):
        BusinessCalendar.of(terms, FIRST_DAY, days=90)


times = st.floats(0, 60, allow_nan=False)
spans = st.floats(0, 20, allow_nan=False)
# By name, since a failing calendar would print its days one by one.
CALENDARS = {"indonesia": INDONESIA, "never closed": NEVER_CLOSED}
calendars = st.sampled_from(list(CALENDARS))


@given(calendars, times, spans)
def test_working_time_passes_as_fast_as_it_is_counted(calendar, time, span):
    calendar = CALENDARS[calendar]
    later = calendar.after(time, span)

    assert later >= time
    assert calendar.worked_at(later) == pytest.approx(calendar.worked_at(time) + span, abs=1e-9)


@given(calendars, st.floats(1 / 3, 60))
def test_after_no_time_it_is_the_same_time(calendar, time):
    assert CALENDARS[calendar].after(time, 0.0) == time


@given(calendars, times, spans)
def test_one_instant_at_a_time_is_the_same_as_many(calendar, time, span):
    calendar, several = CALENDARS[calendar], np.array([time, time + span])

    assert calendar.worked(several).tolist() == [calendar.worked_at(t) for t in several.tolist()]
    due = Duration(business_days=span).due(calendar, np.array([time]))[0]
    assert due == calendar.after(time, span)


@given(calendars, times, times)
def test_working_time_never_runs_backwards(calendar, one, other):
    first, last = sorted([one, other])

    assert CALENDARS[calendar].worked_at(first) <= CALENDARS[calendar].worked_at(last)


@given(times, spans)
def test_where_it_is_always_open_a_business_day_is_a_day(time, span):
    assert NEVER_CLOSED.after(time, span) == pytest.approx(time + span, abs=1e-9)


@given(calendars, times, spans)
def test_a_limit_has_passed_when_it_has_run_out(calendar, time, span):
    calendar, limit = CALENDARS[calendar], Duration(business_days=span)
    due = limit.due(calendar, np.array([time]))[0]

    assert limit.has_passed(calendar, time, due + 1e-6) or calendar.next_open(due) > due


def test_collective_leave_is_closed_only_where_it_is_named():
    """Friday 29 April 2022 was cuti bersama, Thursday 28 April a working day."""
    first = dt.date(2022, 4, 28)
    kinds = {"public": ("public",), "both": ("public", "government")}

    opens = {
        name: BusinessCalendar.of(CalendarTerms(country="ID", holidays=kind), first, 9).opens[:2]
        for name, kind in kinds.items()
    }

    assert opens["public"].astype(int).tolist() == [0, 1]
    # Labour Day and Eid fall on Sunday to Tuesday, collective leave from Wednesday to Friday.
    assert opens["both"].astype(int).tolist() == [0, 11]


TIMES = st.floats(min_value=0, max_value=80) | st.integers(min_value=0, max_value=640).map(
    lambda eighths: eighths / 8
)


@given(time=TIMES, span=st.floats(min_value=0, max_value=20) | st.integers(0, 20).map(float))
def test_one_instant_and_many_are_the_same_to_the_bit(time, span):
    """The model asks for single instants, the KPIs for arrays: both must get the same answer."""
    worked = INDONESIA.worked(np.array([time]))[0]

    assert INDONESIA.worked_at(time) == worked
    assert INDONESIA.after(time, span) == np.maximum(
        time, INDONESIA.time_of(np.array([worked + span]))[0]
    )

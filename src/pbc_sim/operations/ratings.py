"""What did the receiving units say of it: ratings of deliveries, and surveys.

Lives here: both, made from the finished tables and the luck of orders and units, all at once.
May not live here: what is expected (`world/satisfaction.py`), events, KPIs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pbc_sim.operations.facts import Deliveries, Lines, Orders, Ratings, Survey
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import World
from pbc_sim.world.satisfaction import BEST_MARK, WORST_MARK, SatisfactionTerms, SurveyTerms

__all__ = ["said"]

#: Time, completeness, condition.
ASPECTS = 3


class _Experience(NamedTuple):
    """Orders that came to an end: when [day], and their marks, shape (3, n_orders)."""

    ended: np.ndarray
    marks: np.ndarray


def said(
    world: World, orders: Orders, lines: Lines, deliveries: Deliveries
) -> tuple[Ratings, Survey]:
    """Return what the units said in one replication; nothing where nobody asks.

    An order is rated when its last unit has arrived for the first time. An order that was lost as
    a whole gets the worst marks when it falls due, as it fails then for every KPI.
    """
    terms = world.setting.terms.satisfaction
    if terms is None:
        return Ratings.empty(), Survey.empty()
    experience = _experience(world, terms, orders, lines, deliveries)
    known = experience.ended < world.setting.ends
    responds = world.by_order(Purpose.RATING_RESPONSE, 0, len(orders)) < terms.responds_share
    rated = np.flatnonzero(known & responds)
    rated = rated[np.argsort(experience.ended[rated], kind="stable")]
    ratings = Ratings(experience.ended[rated], rated, *experience.marks[:, rated].astype(int))
    survey = terms.survey
    if survey is None:
        return ratings, Survey.empty()
    return ratings, _surveyed(
        world, survey, _Surveyed(terms, experience, orders, lines, deliveries)
    )


def _by_order(lines: Lines, n_orders: int, line: np.ndarray, units: np.ndarray) -> np.ndarray:
    return np.bincount(lines.order[line], units, n_orders)


def _experience(
    world: World,
    terms: SatisfactionTerms,
    orders: Orders,
    lines: Lines,
    deliveries: Deliveries,
) -> _Experience:
    calendar, placed, n = world.setting.calendar, orders.placed, len(orders)
    every = np.arange(len(lines))
    ended = lines.orders_delivered(n)
    lost = np.isneginf(ended)
    due = terms.expects_within.due(calendar, placed)
    # An open order has no lateness yet; what stands there is never read.
    until = np.where(np.isfinite(ended), ended, due)
    late = np.clip(calendar.worked(until) - calendar.worked(due), 0, None)
    first = ~deliveries.replacement
    line = deliveries.line[first]
    quantity = _by_order(lines, n, every, lines.quantity)
    missing = _by_order(lines, n, every, lines.cancelled)
    wrong = _by_order(lines, n, line, deliveries.wrong[first])
    defective = _by_order(lines, n, line, deliveries.defective[first])
    marks = terms.deserved(late, (missing + wrong) / quantity, defective / quantity)
    noise = np.array([world.by_order(Purpose.RATING_NOISE, aspect, n) for aspect in range(ASPECTS)])
    marks = _whole(marks + terms.noise_sd * noise)
    marks[:, lost] = WORST_MARK
    # Units rate what they asked for; what a storeroom orders, nobody looks at as a delivery.
    ended = np.where(orders.for_storeroom, np.inf, np.where(lost, due, ended))
    return _Experience(ended, marks)


def _whole(marks: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(marks), WORST_MARK, BEST_MARK)


class _Surveyed(NamedTuple):
    """What units look back on when they are asked."""

    terms: SatisfactionTerms
    experience: _Experience
    orders: Orders
    lines: Lines
    deliveries: Deliveries


def _surveyed(world: World, survey: SurveyTerms, past: _Surveyed) -> Survey:
    experience = past.experience
    n_units = len(world.setting.unit_names)
    held, since = _dates(world, survey), world.setting.measured_from
    when, unit, score = [], [], []
    for n, now in enumerate(held):
        ended = np.flatnonzero((experience.ended > since) & (experience.ended <= now))
        overdue, marks = _overdue(world, past, float(now))
        who = past.orders.unit[np.r_[ended, overdue]]
        mean_marks = np.r_[experience.marks[:, ended].mean(axis=0), marks.mean(axis=0)]
        orders = np.bincount(who, minlength=n_units)
        # By its rank the sample of one survey is the same under all plans.
        chance = world.by_unit(Purpose.SURVEY_SAMPLE, n)
        sampled = np.argsort(np.argsort(chance)) < (survey.sample or n_units)
        asked = np.flatnonzero(sampled & (orders > 0))
        felt = np.bincount(who, mean_marks, n_units)[asked] / orders[asked]
        noise = survey.noise_sd * world.by_unit(Purpose.SURVEY_NOISE, n)[asked]
        answers = world.by_unit(Purpose.SURVEY_RESPONSE, n)[asked] < survey.responds_share
        when.append(np.full(len(asked), now))
        unit.append(asked)
        score.append(np.where(answers, _whole(felt + noise), np.nan))
        since = float(now)
    if not when:
        return Survey.empty()
    return Survey(np.concatenate(when), np.concatenate(unit), np.concatenate(score))


def _dates(world: World, survey: SurveyTerms) -> np.ndarray:
    """Return when surveys are held: the last close before each interval of measurement ends."""
    setting, every = world.setting, survey.every
    begin, calendar = setting.measured_from, setting.calendar
    least_days = every.days or 28 * (every.months or 1)
    numbers = np.arange(1, int((setting.ends - begin) / least_days) + 1)
    if every.months is None:
        ends = begin + least_days * numbers
    else:
        ends = calendar.month_ends(begin, (every.months * numbers).tolist())
    day = np.searchsorted(calendar.closes, ends[ends <= setting.ends], side="left") - 1
    closes = calendar.closes[day[day >= 0]]
    return np.unique(closes[closes >= begin])


def _overdue(world: World, past: _Surveyed, now: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the orders that are overdue and open, and the marks they deserve by now."""
    terms, experience, orders, lines, deliveries = past
    calendar, placed = world.setting.calendar, orders.placed
    due = terms.expects_within.due(calendar, placed)
    open_ = np.flatnonzero((due < now) & (experience.ended > now) & ~orders.for_storeroom)
    late = calendar.worked(np.full(len(open_), now)) - calendar.worked(due[open_])
    here = ~deliveries.replacement & (deliveries.received <= now)
    line, n = deliveries.line[here], len(placed)
    good = _by_order(lines, n, line, deliveries.units[here] - deliveries.wrong[here])[open_]
    defective = _by_order(lines, n, line, deliveries.defective[here])[open_]
    quantity = _by_order(lines, n, np.arange(len(lines)), lines.quantity)[open_]
    marks = terms.deserved(late, 1 - good / quantity, defective / quantity)
    return open_, np.clip(marks, WORST_MARK, BEST_MARK)

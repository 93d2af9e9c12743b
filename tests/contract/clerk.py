"""A clerk who settles contracts that remember: one contract, one future, period after period.

Shares no code with `pbc_sim.contract`; it reads the clauses and follows their words. Only drawn
contracts of `test_promises.py` come here, so only their clauses are known.
"""

from itertools import pairwise

from pbc_sim.performance.measures import KPIS
from pbc_sim.performance.periods import ReviewPeriods


def total_paid(contract, scores, plan, replication):
    """Return what is paid over the term, and how many payment periods were lost."""
    periods = ReviewPeriods.of(scores.setting, contract.term.review, contract.term.months)
    days = [scores.setting.calendar.date(float(t)).date() for t in periods.edges]
    n = len(periods)
    cell = {m: a[:, plan, replication].tolist() for m, a in scores.measured.items()}
    reviews = {}
    for name, clause in contract.kpis.items():
        measure = contract.measured()[name]
        edges = ReviewPeriods.of(scores.setting, measure.review, measure.months).edges
        dates = [scores.setting.calendar.date(float(t)).date() for t in edges]
        reviews[name] = _reviews(clause, cell[measure], dates, days)
    ramp = contract.ramp_in.periods if contract.ramp_in else 0
    totals = {m.kpi: cell[m][0] for m in contract.totals()}
    run = _periods_run(contract, reviews, totals, n, ramp)
    for found in reviews.values():
        for period in [p for p in found if p >= run]:
            del found[period]
    cost = float(scores.supplier_costs[contract.term.months][plan, replication])
    charges = _charges(contract, totals, cost, n, run)
    for clause in contract.adjustments:
        if hasattr(clause, "yearly_rate"):
            anniversaries = [_years(days[0], day) for day in days[:n]]
            charges = [
                c + c * clause.indexed * ((1 + clause.yearly_rate) ** y - 1)
                for c, y in zip(charges, anniversaries, strict=True)
            ]
    lines = [
        (clause, _line(clause, contract, reviews, totals, charges, n, run, ramp))
        for clause in contract.incentives
    ]
    value = contract.value
    bad = [[max(-a[p], 0.0) for _, a in lines] for p in range(n)]
    good = [[max(a[p], 0.0) for _, a in lines] for p in range(n)]
    paid = list(charges)
    let_through = {}
    for sign, side, parts in ((-1, "deductions", bad), (1, "bonus", good)):
        sums = [sum(part) for part in parts]
        for group, limits in contract.groups.items():
            inside = [
                sum(x for x, (c, _) in zip(part, lines, strict=True) if c.group == group)
                for part in parts
            ]
            kept = _within(inside, getattr(limits, side), charges, value)
            if sign < 0:
                let_through[group] = _shares(kept, inside)
            sums = [s - i + k for s, i, k in zip(sums, inside, kept, strict=True)]
        kept = _within(sums, getattr(contract.limits, side), charges, value)
        if sign < 0:
            let_through[None] = _shares(kept, sums)
        paid = [p + sign * k for p, k in zip(paid, kept, strict=True)]
    total = sum(paid) + sum(_earned_back(c, reviews, a, ramp, let_through) for c, a in lines)
    for clause in contract.adjustments:
        total += _beside(clause, charges, reviews, days, n, run, ramp)
    if run < n:
        total -= contract.termination.supplier_pays
    return total, n - run


def _years(first, day):
    return day.year - first.year - ((day.month, day.day) < (first.month, first.day))


def _reviews(clause, measured, dates, days):
    """Return value, met and target of the reviews, by the payment period in which they end."""
    kpi, goal = KPIS[clause.measure], clause.target
    higher = kpi.better == "higher"
    part, whole, size = measured
    told, last, now, achieved = [], None, goal.level, []
    for j in range(len(part)):
        window = range(max(0, j + 1 - clause.rolling), j + 1)
        a = sum(part[k] for k in window)
        b = whole[j] if kpi.kind == "total" else sum(whole[k] for k in window)
        facts = size[j] if kpi.kind == "total" else sum(size[k] for k in window)
        level = clause.seasonal.get(dates[j].strftime("%B").lower(), now)
        empty, as_met = b == 0 or facts < clause.min_sample, False
        if not empty:
            x = last = a / b
            achieved.append(x)
        elif clause.when_empty == "missed":
            x = kpi.worst
        elif clause.when_empty == "carry" and last is not None:
            x = last
        else:
            x, as_met = level, True
        told.append((x, level, as_met, dates[j + 1], b))
        if clause.ratchet and (j + 1) % clause.ratchet.every == 0:
            now, achieved = _revised(clause.ratchet, now, achieved, higher), []

    def is_met(x, level):
        return x >= level if higher else x <= level

    found, streak, dropped = {}, 0, False
    for p in range(len(days) - 1):
        here = [t for t in told if days[p] < t[3] <= days[p + 1]]
        if not here or p + 1 < clause.from_period or dropped:
            continue
        each = [(x, is_met(x, level) or as_met, level, b) for x, level, as_met, _, b in here]
        level = here[-1][1]
        if clause.aggregate == "worst_period":
            worst = min(e[0] for e in each) if higher else max(e[0] for e in each)
            of = next(e[3] for e in each if e[0] == worst)
            found[p] = (worst, all(e[1] for e in each), level, of, None)
        else:
            mean, of = (sum(e[k] for e in each) / len(each) for k in (0, 3))
            met = is_met(mean, level) or all(t[2] for t in here)
            priced_apart = clause.aggregate == "curve_then_average"
            found[p] = (mean, met, level, of, each if priced_apart else None)
        streak = streak + 1 if found[p][1] else 0
        dropped = clause.drop_after is not None and streak >= clause.drop_after
    return found


def _revised(ratchet, level, achieved, higher):
    if not achieved:
        return level
    move = ratchet.share * (sum(achieved) / len(achieved) - level)
    move = max(-ratchet.step, min(ratchet.step, move))
    easier = move < 0 if higher else move > 0
    if easier:
        if ratchet.down_to is None:
            return level
        worst = min(level, ratchet.down_to) if higher else max(level, ratchet.down_to)
        return round(max(level + move, worst) if higher else min(level + move, worst), 12)
    best = ratchet.up_to
    return round(min(level + move, best) if higher else max(level + move, best), 12)


def _periods_run(contract, reviews, totals, n, ramp):
    clause = contract.termination
    if clause is None:
        return n
    pointed = [c for c in contract.incentives if type(c).__name__ == "DemeritPoints"]
    balances = [_points(c, reviews, totals, n, n, ramp) for c in pointed]
    breaches = []
    for p in range(n):
        if clause.points is not None and sum(b[p][1] for b in balances) >= clause.points:
            return p + 1
        if p < ramp or clause.breaches is None:
            continue
        now = [found[p] for found in reviews.values() if p in found]
        if any(not met for _, met, *_ in now):
            breaches.append(p)
        elif now and clause.within is None:
            breaches = []
        recent = [b for b in breaches if clause.within is None or b > p - clause.within]
        if len(recent) >= clause.breaches:
            return p + 1
    return n


def _charges(contract, totals, cost, n, run):
    pay = contract.payment
    if hasattr(pay, "per_period"):
        charges = [pay.per_period] * n
    elif hasattr(pay, "factor"):
        charges = [pay.factor * x for x in totals["accepted_value"]]
    else:
        share = pay.share_below if cost < pay.target_cost else pay.share_above
        gain = share * (pay.target_cost - cost)
        if hasattr(pay, "target_fee"):
            price = cost + max(pay.min_fee, min(pay.max_fee, pay.target_fee + gain))
            target = pay.target_cost + pay.target_fee
        else:
            price = cost + pay.target_profit + gain
            if pay.ceiling_price is not None:
                price = min(price, pay.ceiling_price)
            target = pay.target_cost + pay.target_profit
        charges = [target / n] * n
        charges[-1] += price - target
    return [c if p < run else 0.0 for p, c in enumerate(charges)]


def _line(clause, contract, reviews, totals, charges, n, run, ramp):
    kind, amounts = type(clause).__name__, []
    if kind == "DemeritPoints":
        amounts = [
            -(clause.per_point * points + _band(clause, balance)) if ramp <= p < run else 0.0
            for p, (points, balance) in enumerate(_points(clause, reviews, totals, n, run, ramp))
        ]
    for p in range(n) if not amounts else ():
        if not ramp <= p < run:
            amounts.append(0.0)
        elif kind == "TermExtension":
            held = [r for found in reviews.values() for q, r in found.items() if q >= ramp]
            granted = p == n - 1 and all(met for _, met, *_ in held)
            amounts.append(clause.worth if granted else 0.0)
        elif kind == "BonusPool":
            amounts.append(sum(_of_pool(clause, k, contract, reviews, p) for k in clause.weights))
        else:
            amounts.append(_on_kpi(clause, contract, reviews, p))
    _escalate(clause, reviews, amounts, run, ramp)
    for name, level in contract.gate.no_bonus_below.items() if contract.gate else ():
        higher = KPIS[contract.kpis[name].measure].better == "higher"
        for p in range(n):
            if p in reviews[name] and amounts[p] > 0:
                x = reviews[name][p][0]
                amounts[p] = 0.0 if (x < level if higher else x > level) else amounts[p]
    value = contract.value
    taken = _within([max(-a, 0.0) for a in amounts], clause.limits.deductions, charges, value)
    added = _within([max(a, 0.0) for a in amounts], clause.limits.bonus, charges, value)
    return [b - a for a, b in zip(taken, added, strict=True)]


def _escalate(clause, reviews, amounts, run, ramp):
    if not getattr(clause, "escalation", None) or not clause.kpi_name:
        return
    misses = 0
    for p in range(ramp, run):
        if p in reviews[clause.kpi]:
            misses = 0 if reviews[clause.kpi][p][1] else misses + 1
            if amounts[p] < 0:
                amounts[p] *= _times(clause.escalation, misses)


def _shares(kept, all_of_it):
    return [k / a if a else 1.0 for k, a in zip(kept, all_of_it, strict=True)]


def _earned_back(clause, reviews, amounts, ramp, let_through):
    """Return what is earned back over the term, of what was deducted after all limits."""
    if not getattr(clause, "earn_back", None):
        return 0.0
    good, owed, back = 0, 0.0, 0.0
    for p, amount in enumerate(amounts):
        of_group = let_through[clause.group][p] if clause.group else 1.0
        owed += max(-amount, 0.0) * of_group * let_through[None][p]
        if p >= ramp and p in reviews[clause.kpi]:
            good = good + 1 if reviews[clause.kpi][p][1] else 0
            if good == clause.earn_back.after:
                back += clause.earn_back.share * owed
                owed = 0.0
    return back


def _times(escalation, misses):
    further = max(misses - 1, 0)
    grown = 1 + escalation.step * further if escalation.step else escalation.factor**further
    return min(grown, escalation.up_to or float("inf"))


def _on_kpi(clause, contract, reviews, p):
    if p not in reviews[clause.kpi]:
        return 0.0
    *now, each = reviews[clause.kpi][p]
    higher = KPIS[contract.kpis[clause.kpi].measure].better == "higher"
    amounts = []
    for value, is_met, goal, of in each or [now]:
        if hasattr(clause, "if_missed"):
            amounts.append(clause.if_met if is_met else clause.if_missed)
        elif hasattr(clause, "no_further_than"):
            level = clause.no_further_than
            if level is None:
                level = 0.0 if higher else 1.0
            worst = (max if higher else min)(value, level)
            short = goal - worst if higher else worst - goal
            amounts.append(-clause.rate * max(short, 0.0) * of)
        else:
            ahead = max(min(value - goal if higher else goal - value, 1e15), -1e15)
            amount = clause.rate * ahead / clause.point
            amounts.append(max(clause.floor, min(clause.cap, amount)))
    return sum(amounts) / len(amounts)


def _of_pool(clause, kpi, contract, reviews, p):
    if p not in reviews[kpi]:
        return 0.0
    step = {"month": 1, "quarter": 3}[contract.term.review]
    yearly = contract.kpis[kpi].review == "year"
    length = p % (12 // step) + 1 if yearly else 1
    earned = reviews[kpi][p][1] - (clause.paid == "in_advance")
    return clause.weights[kpi] * clause.pool * length * earned


def _points(clause, reviews, totals, n, run, ramp):
    """Return new points and balance of each period."""
    new, told, clean, wiped = [], [], 0, -1
    misses = dict.fromkeys(clause.points, 0)
    for p in range(n):
        points = 0.0
        for kpi, weight in clause.points.items():
            if ramp <= p < run and p in reviews[kpi]:
                misses[kpi] = 0 if reviews[kpi][p][1] else misses[kpi] + 1
                if misses[kpi]:
                    times = _times(clause.escalation, misses[kpi]) if clause.escalation else 1.0
                    points += weight * times
        for event, weight in clause.events.items():
            points += weight * totals[event][p] if ramp <= p < run else 0.0
        new.append(points)
        clean = 0 if points else clean + 1
        if clause.lapse_after is not None and clean >= clause.lapse_after:
            wiped = p
        told.append((points, sum(new[max(wiped + 1, p + 1 - clause.window) : p + 1])))
    return told


def _band(clause, balance):
    band = [cost for begin, cost in sorted(clause.bands.items()) if balance >= begin]
    return band[-1] if band else 0.0


def _beside(clause, charges, reviews, days, n, run, ramp):
    """Return what a retention or a rebate comes to over the term; nothing for an index."""
    if hasattr(clause, "released"):
        held = clause.share * sum(charges)
        met = all(m for found in reviews.values() for p, (_, m, *_) in found.items() if p >= ramp)
        return 0.0 if run == n and (clause.released == "always" or met) else -held
    if not hasattr(clause, "tiers"):
        return 0.0
    given, turnover = 0.0, 0.0
    for p in range(run):
        turnover += charges[p]
        year_ends = p + 1 < n and _years(days[0], days[p + 1]) > _years(days[0], days[p])
        if p == run - 1 or (clause.per == "year" and year_ends):
            tiers = [*sorted(clause.tiers.items()), (float("inf"), 0.0)]
            for (begin, share), (end, _) in pairwise(tiers):
                if clause.on == "excess":
                    given += share * max(min(turnover, end) - begin, 0.0)
                elif begin <= turnover < end:
                    given += share * turnover
            turnover = 0.0
    return -given


def _within(amounts, caps, charges, value):
    over_the_term = [cap for cap in caps if cap.over_the_term]
    for cap in [cap for cap in caps if not cap.over_the_term] + over_the_term:
        used, kept = 0.0, []
        for p, amount in enumerate(amounts):
            room = cap.amount
            if cap.amount is None:
                room = cap.share * (value if cap.over_the_term else max(charges[p], 0.0))
            kept.append(min(amount, max(room - (used if cap.over_the_term else 0.0), 0.0)))
            used += kept[-1]
        amounts = kept
    return amounts

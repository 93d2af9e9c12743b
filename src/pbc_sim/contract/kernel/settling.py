"""What is paid over the term in each future, by each of many contracts of one structure?

Lives here: the order in which clauses act, as in `contract/pricing.py`. May not live here: a
clause's own rule.
"""

from __future__ import annotations

from typing import Any

from pbc_sim.contract.kernel.holding import close_gate, escalate, hold, watch_gate
from pbc_sim.contract.kernel.layout import PAYMENTS, Books, Numbers, Terms, Work
from pbc_sim.contract.kernel.mechanisms import amounts
from pbc_sim.contract.kernel.reading import leave_out, read
from pbc_sim.contract.payments import CataloguePrice, FixedFee
from pbc_sim.operations.kernel.compiled import compiled, entry
from pbc_sim.operations.kernel.passing import reference

__all__ = ["AMOUNTS", "settle_futures"]

#: What is written over the term; the last is the sum of all lines, the other way round.
AMOUNTS = ("charges", "bonuses", "deductions", "present_values", "lines")
CATALOGUE_PRICE, FIXED_FEE = PAYMENTS.index(CataloguePrice), PAYMENTS.index(FixedFee)


@entry
def settle_futures(
    facts: Any, terms: Terms, numbers: Numbers, work: Work, paid: Any, reviews_met: Any
) -> None:
    """Settle every contract in every future.

    Parameters
    ----------
    facts : ndarray of shape (n_blocks, n_numbers, n_beside)
        What contracts read of futures, some side by side in each block, as `Facts` lays them out.
    terms, numbers, work
        What the contracts have in common, their numbers, and room for a block.
    paid : ndarray of shape (n_blocks, n_contracts, 5, n_beside)
        Is written: amounts over the term, in the order of `AMOUNTS`. [currency]
    reviews_met : ndarray of shape (n_blocks, n_contracts, n_kpis, n_beside)
        Is written: reviews that met their targets. [review]
    """
    # Read off a reference, an array has no owner to be counted; the caller owns them all.
    common: Any = reference(terms)
    own: Any = reference(numbers)
    room: Any = reference(work)
    books: Any = reference(Books(facts, paid, reviews_met))
    facts, paid, reviews_met = books.facts, books.paid, books.reviews_met
    leave_out(common, room)
    for b in range(len(facts)):
        for c in range(len(own.target)):
            read(facts[b], common, own, c, room, reviews_met[b, c])
            _charge(facts[b], common, own, c, room)
            _incentives(facts[b], common, own, c, room)
            _limits(common, own, c, room)
            _sums(common, room, paid[b, c])


@compiled
def _charge(facts: Any, terms: Terms, numbers: Numbers, c: int, room: Work) -> None:
    """Write what the payment scheme pays, and what it has paid so far."""
    first, second, third = numbers.payment[c, 0], numbers.payment[c, 1], numbers.payment[c, 2]
    room.so_far[:] = 0.0
    for t in range(terms.n_periods):
        charges = room.charges[t]
        if terms.payment == CATALOGUE_PRICE:
            accepted = facts[terms.accepted_at + t]
            for x in range(len(charges)):
                charges[x] = first * accepted[x]
        elif terms.payment == FIXED_FEE:
            charges[:] = first
        else:
            signed = first if t == 0 else 0.0
            _milestones(terms, numbers.value[c], signed, second, third, t, room)
        so_far, paid, lines = room.so_far, room.paid[t], room.lines[t]
        for x in range(len(charges)):
            so_far[x] += charges[x]
            paid[x], lines[x] = so_far[x], charges[x]


@compiled
def _milestones(
    terms: Terms, value: float, signed: float, met: float, exceeded: float, t: int, room: Work
) -> None:
    charges = room.charges[t]
    for x in range(len(charges)):
        all_met, all_exceeded = 1.0, 1.0
        for k in range(len(terms.read_at)):
            all_met = min(all_met, room.met[k, t, x])
            all_exceeded = min(all_exceeded, room.exceeded[k, t, x])
        earned = (met * all_met + exceeded * all_exceeded) * terms.judged[t]
        charges[x] = value * (signed + earned)


@compiled
def _bases(terms: Terms, value: float, i: int, room: Work) -> None:
    """Write what a share is taken of, where it is not what is charged for the period [currency]."""
    k = terms.kpi[i]
    for t in range(terms.n_periods):
        since, bases = terms.since[k, t], room.bases[t]
        if terms.of_value[i]:
            bases[:] = value * (t - since + 1) / terms.n_periods
        else:
            paid, before = room.paid[t], room.paid[max(since - 1, 0)]
            for x in range(len(bases)):
                bases[x] = paid[x] - (before[x] if since else 0.0)


@compiled
def _incentives(facts: Any, terms: Terms, numbers: Numbers, c: int, room: Work) -> None:
    """Sum what incentives deduct and add, in all and of each group, after their own modifiers."""
    room.deducted[:] = 0.0
    room.topped[:] = 0.0
    if len(terms.gates):
        watch_gate(terms, numbers, c, room)
    for i in range(len(terms.mechanism)):
        if terms.kpi[i] >= 0 and (terms.of_value[i] or not terms.own_period[terms.kpi[i]]):
            _bases(terms, numbers.value[c], i, room)
        amounts(facts, terms, numbers, c, i, room)
        for t in range(min(numbers.ramp_in[c], terms.n_periods)):
            room.due[t, :] = 0.0
        if terms.escalates[i]:
            escalate(terms, numbers, c, i, room)
        if len(terms.gates):
            close_gate(terms, room)
        if terms.holds[i]:
            _split(terms, room)
            hold(terms, numbers, c, i, room)
            _join(terms, room)
        for t in range(terms.n_periods):
            due, lines = room.due[t], room.lines[t]
            deducted, topped = room.deducted[terms.n_groups, t], room.topped[terms.n_groups, t]
            for x in range(len(due)):
                lines[x] += due[x]
                deducted[x] += min(due[x], 0.0)
                topped[x] += max(due[x], 0.0)
        if terms.group[i] >= 0:
            _add(terms, terms.group[i], room)


@compiled
def _split(terms: Terms, room: Work) -> None:
    for t in range(terms.n_periods):
        due, taken, added = room.due[t], room.taken[t], room.added[t]
        for x in range(len(due)):
            taken[x], added[x] = 0.0 - min(due[x], 0.0), max(due[x], 0.0)


@compiled
def _join(terms: Terms, room: Work) -> None:
    for t in range(terms.n_periods):
        due, taken, added = room.due[t], room.taken[t], room.added[t]
        held, let = room.held[t], room.let[t]
        for x in range(len(due)):
            due[x] = due[x] + (taken[x] - held[x]) + (let[x] - added[x])


@compiled
def _add(terms: Terms, g: int, room: Work) -> None:
    for t in range(terms.n_periods):
        due, deducted, topped = room.due[t], room.deducted[g, t], room.topped[g, t]
        for x in range(len(due)):
            deducted[x] += min(due[x], 0.0)
            topped[x] += max(due[x], 0.0)


@compiled
def _limits(terms: Terms, numbers: Numbers, c: int, room: Work) -> None:
    """Let limits of groups act, then those of the contract."""
    n_incentives, n_groups = len(terms.mechanism), terms.n_groups
    room.back[:] = 0.0
    room.more[:] = 0.0
    for g in range(n_groups):
        for t in range(terms.n_periods):
            taken, added = room.taken[t], room.added[t]
            deducted, topped = room.deducted[g, t], room.topped[g, t]
            for x in range(len(taken)):
                taken[x], added[x] = 0.0 - deducted[x], topped[x]
        hold(terms, numbers, c, n_incentives + g, room)
        for t in range(terms.n_periods):
            taken, added, held, let = room.taken[t], room.added[t], room.held[t], room.let[t]
            back, more, lines = room.back[t], room.more[t], room.lines[t]
            for x in range(len(taken)):
                back[x] += taken[x] - held[x]
                more[x] += let[x] - added[x]
                lines[x] += (taken[x] - held[x]) + (let[x] - added[x])
    for t in range(terms.n_periods):
        taken, added, back, more = room.taken[t], room.added[t], room.back[t], room.more[t]
        deducted, topped = room.deducted[n_groups, t], room.topped[n_groups, t]
        for x in range(len(taken)):
            taken[x], added[x] = 0.0 - deducted[x] - back[x], topped[x] + more[x]
    hold(terms, numbers, c, n_incentives + n_groups, room)


@compiled
def _sums(terms: Terms, room: Work, paid: Any) -> None:
    """Write what the term comes to, one period after another."""
    charged, bonuses, deductions, present, lines = paid[0], paid[1], paid[2], paid[3], paid[4]
    for a in range(len(paid)):
        paid[a, :] = 0.0
    for t in range(terms.n_periods):
        charges, of_lines, discount = room.charges[t], room.lines[t], terms.discount[t]
        taken, added, held, let = room.taken[t], room.added[t], room.held[t], room.let[t]
        for x in range(len(charges)):
            back, more = taken[x] - held[x], let[x] - added[x]
            bonus, deduction = added[x] + more, 0.0 - (taken[x] - back)
            charged[x] += charges[x]
            bonuses[x] += bonus
            deductions[x] += deduction
            present[x] += (charges[x] + bonus + deduction) * discount
            lines[x] += of_lines[x] + back + more

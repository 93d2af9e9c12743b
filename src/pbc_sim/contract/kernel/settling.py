"""What is paid over the term in each future, by each of many contracts of one structure?

Lives here: the order in which clauses act, as in `contract/pricing.py`, but one payment period
after the other: what earlier periods leave behind (missed in a row, used up of a cap, paid so far)
is kept in `Work`. May not live here: a clause's own rule.
"""

from __future__ import annotations

from typing import Any

from pbc_sim.contract.kernel.holding import close_gate, escalate, hold, watch_gate
from pbc_sim.contract.kernel.layout import BESIDE, PAYMENTS, Books, Numbers, Span, Terms, Work
from pbc_sim.contract.kernel.mechanisms import amounts
from pbc_sim.contract.kernel.reading import begin_to_read, read
from pbc_sim.contract.kernel.rows import copy
from pbc_sim.contract.payments import CataloguePrice, FixedFee
from pbc_sim.operations.kernel.compiled import compiled, entry
from pbc_sim.operations.kernel.passing import reference

__all__ = ["settle_futures"]

CATALOGUE_PRICE, FIXED_FEE = PAYMENTS.index(CataloguePrice), PAYMENTS.index(FixedFee)


@entry
def settle_futures(terms: Terms, numbers: Numbers, work: Work, books: Books, span: Span) -> bool:
    """Settle some contracts in some blocks of futures.

    Parameters
    ----------
    terms, numbers, work, books
        What the contracts have in common, their numbers, room for a block, the facts of futures and
        where amounts are written.
    span : Span
        Which contracts and which blocks.

    Returns
    -------
    bool
        Whether all payments equal the sum of their lines.
    """
    # Read off a reference, an array has no owner to be counted; the caller owns them all.
    common: Any = reference(terms)
    own: Any = reference(numbers)
    room: Any = reference(work)
    into: Any = reference(books)
    agree = True
    for b in range(span.first_block, span.end_block):
        facts = into.facts[b]
        for c in range(span.first_contract, span.end_contract):
            _begin(common, room)
            for t in range(common.n_periods):
                read(facts, into.smallest[b], common, own, c, t, room)
                _charge(facts, common, own, c, t, room)
                _incentives(facts, common, own, c, t, room)
                _limits(common, own, c, room)
                _book(common, t, room)
            agree &= _write(common, into, c, b * BESIDE, room)
    return agree


@compiled
def _begin(terms: Terms, room: Work) -> None:
    """Forget the contract before: nothing has been paid, missed or used up yet."""
    begin_to_read(terms, room)
    room.missed[:] = 0.0
    room.so_far[:] = 0.0
    room.used[:] = 0.0
    room.charged[:] = 0.0
    room.bonuses[:] = 0.0
    room.deductions[:] = 0.0
    room.present[:] = 0.0
    room.lines[:] = 0.0


@compiled
def _charge(facts: Any, terms: Terms, numbers: Numbers, c: int, t: int, room: Work) -> None:
    """Write what the payment scheme pays, and what it has paid so far."""
    first, charges, charged, paid = numbers.payment[c, 0], room.charges, room.charged, room.paid[t]
    if terms.payment == CATALOGUE_PRICE:
        accepted = facts[terms.accepted_at + t]
        for x in range(len(charges)):
            charges[x] = first * accepted[x]
    elif terms.payment == FIXED_FEE:
        charges[:] = first
    else:
        signed = first if t == 0 else 0.0
        _milestones(terms, numbers, c, signed, t, room)
    for x in range(len(charged)):
        charged[x] += charges[x]
        paid[x] = charged[x]


@compiled
def _milestones(terms: Terms, numbers: Numbers, c: int, signed: float, t: int, room: Work) -> None:
    value, met, exceeded = numbers.value[c], numbers.payment[c, 1], numbers.payment[c, 2]
    charges, all_met, all_exceeded = room.charges, room.taken, room.added
    all_met[:] = 1.0
    all_exceeded[:] = 1.0
    for k in range(len(terms.read_at)):
        if terms.reviewed[k, t]:
            of_kpi, beyond = room.met[k], room.exceeded[k]
            for x in range(len(all_met)):
                all_met[x] = min(all_met[x], of_kpi[x])
                all_exceeded[x] = min(all_exceeded[x], beyond[x])
    judged = terms.judged[t]
    for x in range(len(charges)):
        earned = (met * all_met[x] + exceeded * all_exceeded[x]) * judged
        charges[x] = value * (signed + earned)


@compiled
def _incentives(facts: Any, terms: Terms, numbers: Numbers, c: int, t: int, room: Work) -> None:
    """Sum what incentives deduct and add, in all and of each group, after their own modifiers."""
    room.deducted[:] = 0.0
    room.topped[:] = 0.0
    if t < numbers.ramp_in[c]:
        return  # nothing acts, and no miss is counted
    watch_gate(terms, numbers, c, t, room)
    for i in range(len(terms.mechanism)):
        amounts(facts, terms, numbers, c, i, t, room)
        if terms.escalates[i]:
            escalate(terms, numbers, c, i, t, room)
        if terms.holds[i]:
            close_gate(room)
            _hold_alone(terms, numbers, c, i, room)
        _add(terms.n_groups, room)
        if terms.group[i] >= 0:
            _add(terms.group[i], room)


@compiled
def _hold_alone(terms: Terms, numbers: Numbers, c: int, i: int, room: Work) -> None:
    """Let the limits of one mechanism act."""
    due, taken, added, held, let = room.due, room.taken, room.added, room.held, room.let
    for x in range(len(taken)):
        taken[x], added[x] = 0.0 - min(due[x], 0.0), max(due[x], 0.0)
    hold(terms, numbers, c, i, room)
    for x in range(len(due)):
        due[x] = due[x] + (taken[x] - held[x]) + (let[x] - added[x])


@compiled
def _add(g: int, room: Work) -> None:
    """Add what an incentive deducts, and what it adds where the gate is open."""
    due, most, deducted, topped = room.due, room.most, room.deducted[g], room.topped[g]
    for x in range(len(due)):
        amount = min(due[x], most[x])
        deducted[x] += min(amount, 0.0)
        topped[x] += max(amount, 0.0)


@compiled
def _limits(terms: Terms, numbers: Numbers, c: int, room: Work) -> None:
    """Let limits of groups act, then those of the contract."""
    n_incentives, n_groups = len(terms.mechanism), terms.n_groups
    taken, added, held, let = room.taken, room.added, room.held, room.let
    back, more, lines = room.back, room.more, room.lines
    back[:] = 0.0
    more[:] = 0.0
    for g in range(n_groups):
        deducted, topped = room.deducted[g], room.topped[g]
        for x in range(len(taken)):
            taken[x], added[x] = 0.0 - deducted[x], topped[x]
        hold(terms, numbers, c, n_incentives + g, room)
        for x in range(len(back)):
            back[x] += taken[x] - held[x]
        for x in range(len(more)):
            more[x] += let[x] - added[x]
    deducted, topped = room.deducted[n_groups], room.topped[n_groups]
    for x in range(len(taken)):
        taken[x] = 0.0 - deducted[x] - back[x]
    for x in range(len(added)):
        added[x] = topped[x] + more[x]
    for x in range(len(lines)):
        lines[x] += deducted[x] + topped[x] + back[x] + more[x]
    hold(terms, numbers, c, n_incentives + n_groups, room)


@compiled
def _book(terms: Terms, t: int, room: Work) -> None:
    """Add what the period comes to."""
    charges, taken, added, held, let = room.charges, room.taken, room.added, room.held, room.let
    bonuses, deductions, back, more = room.bonuses, room.deductions, room.back, room.more
    for x in range(len(back)):
        back[x] = taken[x] - held[x]
        taken[x] = 0.0 - (taken[x] - back[x])
    for x in range(len(more)):
        more[x] = let[x] - added[x]
        added[x] = added[x] + more[x]
    for x in range(len(deductions)):
        deductions[x] += taken[x]
        bonuses[x] += added[x]
    lines, present, discount = room.lines, room.present, terms.discount[t]
    for x in range(len(lines)):
        lines[x] += charges[x] + back[x] + more[x]
    if terms.discounts:
        for x in range(len(present)):
            present[x] += (charges[x] + added[x] + taken[x]) * discount


@compiled
def _write(terms: Terms, books: Books, c: int, first: int, room: Work) -> bool:
    """Write the term down, and tell whether payments equal the sum of their lines."""
    n = min(BESIDE, books.charges.shape[1] - first)
    place, agree = books.places[c], True
    charged, bonuses, deductions, lines = room.charged, room.bonuses, room.deductions, room.lines
    total = room.taken
    for x in range(len(total)):
        total[x] = charged[x] + bonuses[x] + deductions[x]
    for x in range(n):
        # Added up the other way round; also not a number is no agreement.
        apart, most = abs(total[x] - lines[x]), 1e-3 + 1e-9 * abs(lines[x])
        agree &= apart <= most or total[x] == lines[x]
    upto = first + n
    copy(total[:n], books.payments[place, first:upto])
    copy(charged[:n], books.charges[place, first:upto])
    copy(bonuses[:n], books.bonuses[place, first:upto])
    copy(deductions[:n], books.deductions[place, first:upto])
    if terms.discounts:
        copy(room.present[:n], books.present[place, first:upto])
    for k in range(len(books.kpi_places)):
        copy(room.n_met[k, :n], books.reviews_met[place, books.kpi_places[k], first:upto])
    return agree

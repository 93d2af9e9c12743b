"""How do kinds of suppliers answer many contracts at once, and what does each party get from it?

Lives here: what a kind values and which plan it takes, for an array of contracts, and both parties'
money over the kinds. May not live here: tables of one answer after another (`response.py`), what is
wanted of a contract (`evaluation.py`), what may be written of a kind (`scenario/suppliers.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pbc_sim.decision.outcomes import WALKS_AWAY, Settlement
from pbc_sim.decision.risk.tail import tail_contributions
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.figures import share
from pbc_sim.language import plural, said
from pbc_sim.language import translated as _
from pbc_sim.scenario import SupplierType

__all__ = [
    "Answers",
    "Branch",
    "Money",
    "answer",
    "certainty_equivalent",
    "certainty_values",
    "choice",
    "kinds_said",
    "money_of",
    "one_said",
    "require_kinds",
    "weights_of",
]

#: Who answers where nobody says who: one who counts expected profit alone.
USUAL: Mapping[str, SupplierType] = {"supplier": SupplierType()}


def certainty_equivalent(profit: np.ndarray, supplier: SupplierType) -> float:
    """Return the sure profit that a supplier likes as well as an uncertain one [currency].

    Parameters
    ----------
    profit : ndarray of shape (n,)
        Profit by replication. [currency]
    supplier : SupplierType
        How it values risk; what it loses beyond its liability does not concern it.

    Notes
    -----
    Source: Pratt (1964), Econometrica 32:122-136; Rockafellar and Uryasev (2002) for the tail;
    Shavell (1986), International Review of Law and Economics 6:45-58, for who can lose no more.

    Examples
    --------
    >>> certainty_equivalent(np.array([90.0, 110.0]), SupplierType(risk_aversion=0.1))
    95.0
    >>> certainty_equivalent(np.array([-90.0, 110.0]), SupplierType(liability=10.0))
    50.0
    """
    return float(certainty_values(profit, supplier).mean())


def certainty_values(profit: np.ndarray, supplier: SupplierType) -> np.ndarray:
    """Return values by future, whose mean over the last axis is the certainty equivalent.

    Parameters
    ----------
    profit : ndarray of shape (..., n)
        Profit by replication. [currency]
    supplier : SupplierType
        How it values risk.

    Examples
    --------
    >>> certainty_values(np.array([90.0, 110.0]), SupplierType(risk_aversion=0.1)).tolist()
    [85.0, 105.0]
    """
    values = profit if supplier.liability is None else np.maximum(profit, -supplier.liability)
    borne, tail = values, supplier.tail_weight
    if tail:
        values = (1 - tail) * borne - tail * tail_contributions(-borne)
    if supplier.risk_aversion:
        apart = borne - borne.mean(axis=-1, keepdims=True)
        values = values - supplier.risk_aversion / 2 * apart**2
    return values


class Money(NamedTuple):
    """Both parties' money, shape (..., n_replications) [currency]."""

    supplier_profit: np.ndarray
    buyer_cost: np.ndarray


def money_of(prices: Settlement, supplier: SupplierType) -> Money:
    """Return both parties' money if a kind signs, shape (contract, plan, replication) [currency].

    What a supplier cannot lose is first taken from the deductions that the buyer was to get;
    whatever is beyond them its other creditors bear.
    """
    profit, buyer_cost = prices.supplier_profit.values, prices.buyer_cost.values
    if supplier.cost_factor != 1:
        paid = prices.payments.values
        profit = paid - supplier.cost_factor * (paid - profit)
    if supplier.liability is None:
        return Money(profit, buyer_cost)
    borne = np.maximum(profit, -supplier.liability)
    unpaid = np.minimum(borne - profit, -prices.paid["deductions"].values)
    return Money(borne, buyer_cost + unpaid)


class Branch(NamedTuple):
    """What one kind may do under each contract: sign, and follow one plan.

    Parameters
    ----------
    kind : str
        The kind.
    plan : ndarray of int, of shape (n_contracts,)
        Number of the plan.
    chance : ndarray of shape (n_contracts,)
        How probable it is that the supplier is of this kind and does this. [1]
    buyer_cost, supplier_profit, certainty : ndarray of shape (n_contracts, n_replications)
        Both parties' money, and values whose mean is its certainty equivalent. [currency]
    """

    kind: str
    plan: np.ndarray
    chance: np.ndarray
    buyer_cost: np.ndarray
    supplier_profit: np.ndarray
    certainty: np.ndarray


@dataclass(frozen=True)
class Answers:
    """What kinds of suppliers do under each of many contracts.

    Parameters
    ----------
    prices : Settlement
        The contracts.
    weights : mapping of str to float
        How probable each kind is. [1]
    branches : tuple of Branch
        What they may do; chances of a contract add up to how probable it is that it is signed.
    signing : mapping of str to tuple of ndarray of shape (n_contracts, n_replications) and float
        By kind that must sign: values, and what their mean must reach for it to sign.
    willing : mapping of str to ndarray of shape (n_contracts,)
        By kind: how probable it is that it signs. [1]
    likeliest : mapping of str to list of str
        By kind: what it most likely does under each contract, a plan or "walks away"; one that must
        sign is told with its best plan.
    """

    prices: Settlement
    weights: Mapping[str, float]
    branches: tuple[Branch, ...]
    signing: Mapping[str, tuple[np.ndarray, float]]
    willing: Mapping[str, np.ndarray]
    likeliest: Mapping[str, list[str]]

    @property
    def of_one(self) -> bool:
        """Whether there is but one thing that the supplier does under each contract."""
        return len(self.branches) == 1 and bool((self.branches[0].chance == 1).all())

    @property
    def away(self) -> np.ndarray:
        """How probable it is that a contract is not signed, shape (n_contracts,) [1]."""
        signed = np.sum([branch.chance for branch in self.branches], axis=0)
        # Chances that add up to one do so but for rounding.
        return np.where(signed > 1 - 1e-12, 0.0, 1 - signed)

    @property
    def signed(self) -> np.ndarray:
        """Whether each kind that must sign does, rather than not, shape (n_contracts,)."""
        return np.all([v.mean(axis=1) >= least for v, least in self.signing.values()], axis=0)

    def refusing(self, contract: int) -> list[str]:
        """Return which kinds that must sign a contract, by its number, do not."""
        signing = self.signing.items()
        return [kind for kind, (values, least) in signing if values[contract].mean() < least]

    @property
    def plans(self) -> list[str]:
        """What is done under each contract: a plan where all kinds agree, else one by kind."""
        return [
            _told(dict(zip(self.likeliest, done, strict=True)))
            for done in zip(*self.likeliest.values(), strict=True)
        ]

    def expected(self, of_branch: Callable[[Branch], np.ndarray], away: float) -> np.ndarray:
        """Return the mean over all that may be done, by future, shape (n_contracts, n).

        Parameters
        ----------
        of_branch : callable
            Values of a branch, shape (n_contracts, n).
        away : float
            The value where nobody signs; what is not known counts only where that may happen.
        """
        if self.of_one:
            return of_branch(self.branches[0])
        mean = sum(branch.chance[:, None] * of_branch(branch) for branch in self.branches)
        unsigned = self.away[:, None]
        return np.asarray(mean + np.where(unsigned > 0, unsigned * away, 0.0))

    def if_signed(self, of_branch: Callable[[Branch], np.ndarray]) -> np.ndarray:
        """Return the mean over who signs, by future; NaN where nobody does."""
        if self.of_one:
            return of_branch(self.branches[0])
        signed = 1 - self.away[:, None]
        total = self.expected(of_branch, 0.0)
        return np.divide(total, signed, out=np.full(total.shape, np.nan), where=signed > 0)

    @property
    def _outside(self) -> tuple[float, float]:
        """What both parties have where nobody signs: the buyer's cost, the supplier's profit."""
        outside = self.prices.outcomes.scenario.outside_option
        cost = float("nan") if outside.buyer_cost is None else outside.buyer_cost
        return cost, outside.supplier_profit

    @property
    def buyer_cost(self) -> np.ndarray:
        """The buyer's cost over the kinds, by future, its outside option where nobody signs."""
        return self.expected(lambda branch: branch.buyer_cost, self._outside[0])

    @property
    def supplier_profit(self) -> np.ndarray:
        """The supplier's profit over the kinds, by future, its outside option if it walks away."""
        return self.expected(lambda branch: branch.supplier_profit, self._outside[1])

    @property
    def certainty(self) -> np.ndarray:
        """Values by future whose mean is the certainty equivalent over the kinds [currency]."""
        return self.expected(lambda branch: branch.certainty, self._outside[1])

    def mixed(self, supplier_weight: float) -> tuple[np.ndarray, np.ndarray]:
        """Return all that may come: cost - weight x profit of each branch, and its chance.

        Returns
        -------
        tuple of ndarray
            Values of shape (n_contracts, n_branches + 1, n_replications), and chances of shape
            (n_contracts, n_branches + 1); the last is that nobody signs.
        """
        found = [b.buyer_cost - supplier_weight * b.supplier_profit for b in self.branches]
        cost, profit = self._outside
        away = self.away
        # What cannot happen must not make anything unknown.
        alone = np.where(away > 0, cost - supplier_weight * profit, found[0].mean(axis=1))
        values = np.stack([*found, np.broadcast_to(alone[:, None], found[0].shape)], axis=1)
        return values, np.stack([*(branch.chance for branch in self.branches), away], axis=1)


def _told(done: Mapping[str, str]) -> str:
    """Return one plan that all kinds follow, or each plan with its kinds behind it.

    >>> _told({"usual": "lean", "careful": "lean", "dear": "walks away"})
    'lean (usual, careful); walks away (dear)'
    """
    kinds_of: dict[str, list[str]] = {}
    for kind, plan in done.items():
        kinds_of.setdefault(plan, []).append(kind)
    if len(kinds_of) == 1:
        return next(iter(kinds_of))
    return "; ".join(f"{plan} ({', '.join(kinds)})" for plan, kinds in kinds_of.items())


def require_kinds(suppliers: Mapping[str, SupplierType], signed_by: Collection[str] = ()) -> None:
    """Raise `PbcError` unless there is a kind of supplier, and each that must sign is one."""
    if not suppliers:
        raise PbcError(
            "there is no kind of supplier; write some as suppliers in the scenario, or give them "
            "as {'usual': pbc.SupplierType()}."
        )
    for kind, supplier in suppliers.items():
        require_type(f"supplier '{kind}'", supplier, SupplierType, "make it with SupplierType()")
    for kind in signed_by:
        if kind not in suppliers:
            raise PbcError(unknown_name("kind of supplier", kind, suppliers))


def weights_of(suppliers: Mapping[str, SupplierType]) -> dict[str, float]:
    """Return how probable each kind is [1].

    Examples
    --------
    >>> weights_of({"usual": SupplierType(weight=3), "dear": SupplierType()})
    {'usual': 0.75, 'dear': 0.25}
    """
    total = sum(supplier.weight for supplier in suppliers.values())
    return {kind: supplier.weight / total for kind, supplier in suppliers.items()}


def kinds_said(suppliers: Mapping[str, SupplierType], signed_by: Collection[str] = ()) -> str:
    """Say in a sentence which kinds of suppliers were asked, and which of them must sign."""
    named = _titles(suppliers)
    likely = "; ".join(f"{named[kind]} {share(p, 0)}" for kind, p in weights_of(suppliers).items())
    words = plural(
        "Answered by {n} kind of supplier ({kinds}); must sign: {required}.",
        "Answered by {n} kinds of suppliers ({kinds}); must sign: {required}.",
        len(suppliers),
    )
    required = "; ".join(named[kind] for kind in signed_by) or _("all")
    return words.format(n=len(suppliers), kinds=likely, required=required)


def one_said(known: Mapping[str, SupplierType]) -> str:
    """Say that a supplier that counts expected profit alone was asked, and which kinds were not."""
    words = _("Answered by a supplier that counts its expected profit alone.")
    if not known:
        return words
    others = _("The kinds that the scenario knows ({kinds}) were not asked, and may not sign.")
    return f"{words} {others.format(kinds='; '.join(_titles(known).values()))}"


def _titles(suppliers: Mapping[str, SupplierType]) -> dict[str, str]:
    """Return what each kind is called."""
    return {kind: str(said(supplier.label)) or kind for kind, supplier in suppliers.items()}


def answer(
    prices: Settlement,
    suppliers: Mapping[str, SupplierType] | None = None,
    signed_by: Collection[str] = (),
) -> Answers:
    """Return how kinds of suppliers answer each contract, all contracts at once.

    Parameters
    ----------
    prices : Settlement
        Contracts priced on simulated futures.
    suppliers : mapping of str to SupplierType, optional
        Kinds of suppliers by name; one that counts expected profit alone where empty.
    signed_by : collection of str
        Kinds that must sign, all where empty. Such a kind that always takes the best is held to its
        best plan, signed or not; any other may walk away, and then the buyer bears what it has
        outside.

    Raises
    ------
    PbcError
        If no kind is given, one that must sign is unknown, or one may walk away and nobody says
        what the buyer bears then.
    """
    kinds = USUAL if suppliers is None else suppliers
    require_kinds(kinds, signed_by)
    required = list(signed_by) or list(kinds)
    outside = prices.outcomes.scenario.outside_option
    branches: list[Branch] = []
    signing, willing, likeliest = {}, {}, {}
    for kind, weight in weights_of(kinds).items():
        supplier = kinds[kind]
        must = kind in required
        if outside.buyer_cost is None and not (must and supplier.precision is None):
            words = _(
                "supplier '{kind}' may walk away, so outside_option.buyer_cost must say what the "
                "buyer bears when nobody signs."
            )
            raise PbcError(words.format(kind=kind))
        one = _Kind.of(prices, kind, supplier)
        if supplier.precision is None:
            chances = one.best(weight, outside.supplier_profit, must)
        else:
            chances = one.logit(weight, outside.supplier_profit, supplier.precision)
        branches += chances.branches
        willing[kind], likeliest[kind] = chances.willing, chances.likeliest
        if must:
            signing[kind] = chances.signing
    return Answers(prices, weights_of(kinds), tuple(branches), signing, willing, likeliest)


class _Chances(NamedTuple):
    branches: list[Branch]
    signing: tuple[np.ndarray, float]
    willing: np.ndarray
    likeliest: list[str]


class _Kind(NamedTuple):
    """What a kind would have under each contract and plan."""

    kind: str
    plans: list[str]
    money: Money
    values: np.ndarray
    certainty: np.ndarray
    admitted: np.ndarray

    @classmethod
    def of(cls, prices: Settlement, kind: str, supplier: SupplierType) -> _Kind:
        plans = [str(plan) for plan in prices.outcomes.scores.plans]
        money = money_of(prices, supplier)
        values = certainty_values(money.supplier_profit, supplier)
        admitted = np.array([[c.admits(p) for p in plans] for c in prices.contracts.values()])
        return cls(kind, plans, money, values, values.mean(axis=-1), admitted)

    def _branch(self, plan: np.ndarray, chance: np.ndarray) -> Branch:
        rows = np.arange(len(plan))
        profit, cost = (amount[rows, plan] for amount in self.money)
        return Branch(self.kind, plan, chance, cost, profit, self.values[rows, plan])

    def best(self, weight: float, outside: float, must: bool) -> _Chances:
        """Take the first of the best plans each time, and sign for as much as there is outside."""
        certainty = np.where(self.admitted, self.certainty, -np.inf)
        plan = certainty.argmax(axis=1)
        willing = certainty.max(axis=1) >= outside
        held = willing | must
        branch = self._branch(plan, weight * held)
        told = [
            self.plans[number] if holds else WALKS_AWAY
            for number, holds in zip(plan.tolist(), held.tolist(), strict=True)
        ]
        return _Chances([branch], (branch.certainty, outside), willing.astype(float), told)

    def logit(self, weight: float, outside: float, precision: float) -> _Chances:
        """Take each plan, or walk away, with odds that grow with its certainty equivalent."""
        of_signing, log_odds = _logit(self.certainty, self.admitted, outside, precision)
        willing = _probability(log_odds)
        chances = of_signing * willing[:, None]
        branches = [
            self._branch(np.full(len(chances), n), weight * chances[:, n])
            for n in range(len(self.plans))
        ]
        # It signs rather than not where the logarithm of the odds is above 0. Over futures that is
        # taken to first order, so that it has a spread.
        apart = np.einsum("cp,cpr->cr", of_signing, self.values - self.certainty[..., None])
        signing = log_odds[:, None] + precision * apart
        names = [*self.plans, WALKS_AWAY]
        every = np.concatenate([chances, 1 - willing[:, None]], axis=1)
        told = [names[n] for n in every.argmax(axis=1)]
        return _Chances(branches, (signing, 0.0), willing, told)


def choice(
    certainty: np.ndarray, admitted: np.ndarray, outside: float, supplier: SupplierType
) -> np.ndarray:
    """Return with which probability a kind takes each plan, and at last walks away [1].

    Who always chooses takes the first of equal plans, and signs for as much as it has outside.

    Parameters
    ----------
    certainty : ndarray of shape (n_contracts, n_plans)
        Certainty equivalents. [currency]
    admitted : ndarray of bool, of the same shape
        Which plans a contract admits.
    outside : float
        What it has without a contract. [currency]
    supplier : SupplierType
        How surely it takes the better plan.

    Returns
    -------
    ndarray of shape (n_contracts, n_plans + 1)

    Examples
    --------
    >>> every = np.array([[True, True]])
    >>> choice(np.array([[5.0, 7.0]]), every, 7.0, SupplierType()).tolist()
    [[0.0, 1.0, 0.0]]
    """
    if supplier.precision is not None:
        of_signing, log_odds = _logit(certainty, admitted, outside, supplier.precision)
        willing = _probability(log_odds)[:, None]
        return np.concatenate([of_signing * willing, 1 - willing], axis=1)
    alone = np.full((len(certainty), 1), outside)
    every = np.concatenate([np.where(admitted, certainty, -np.inf), alone], axis=1)
    return np.eye(every.shape[1])[every.argmax(axis=1)]


def _logit(
    certainty: np.ndarray, admitted: np.ndarray, outside: float, precision: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return how probable each plan is of one who signs, and the logarithm of the odds to sign."""
    # Against walking away, whose score is 0.
    score = np.where(admitted, precision * (certainty - outside), -np.inf)
    log_odds = np.logaddexp.reduce(score, axis=1)
    return np.exp(score - log_odds[:, None]), log_odds


def _probability(log_odds: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(log_odds - np.logaddexp(0.0, log_odds)))

"""Who might the supplier be, and what has each party without a contract?

Lives here: kinds of suppliers and outside options as a person writes them.
May not live here: what a supplier does (`decision/`).
"""

from __future__ import annotations

from typing import Annotated

from pbc_sim.inputs import MOST_OF_A_PRICE, Money, PositiveMoney, Share, Wording, Written, number

__all__ = ["OutsideOption", "SupplierType"]


class OutsideOption(Written):
    """What both parties have without this contract; the supplier walks away from less.

    Parameters
    ----------
    supplier_profit : float
        Profit over the term. [currency]
    buyer_cost : float, optional
        What the buyer pays and bears over the term when nobody signs; not known where empty, and
        then an expected cost over kinds of suppliers is not known either if one of them may walk
        away. [currency]
    """

    supplier_profit: Money = 0.0
    buyer_cost: Money | None = None


class SupplierType(Written):
    """A kind of supplier: how likely it is, how it values profit, and how well it chooses.

    Parameters
    ----------
    weight : float
        How probable this kind is, relative to the weights of the others. [1]
    risk_aversion : float
        Weight r of the variance of profit: mean - r / 2 x variance, the certainty equivalent of
        constant absolute risk aversion under normal profit. [1/currency]
    tail_weight : float
        Weight w of the worst 5%: (1 - w) x mean + w x the mean of the worst 5% of profits. [1]
    cost_factor : float
        Its costs over those simulated. [1]
    liability : float, optional
        The most that it can lose over the term: what is beyond it, others bear. Unlimited where
        empty. [currency]
    precision : float, optional
        How surely it takes the better plan: odds grow e-fold with each 1 / precision of certainty
        equivalent (logit); always the best where empty. [1/currency]
    label : str
        Name for people; the key where empty.

    Examples
    --------
    >>> SupplierType(cost_factor=1.2).weight
    1.0
    """

    weight: Annotated[float, number("1", gt=0, le=1e6)] = 1.0
    risk_aversion: Annotated[float, number("1/currency", ge=0, le=1e6)] = 0.0
    tail_weight: Share = 0.0
    cost_factor: Annotated[float, number("1", gt=0, le=MOST_OF_A_PRICE)] = 1.0
    liability: PositiveMoney | None = None
    precision: Annotated[float, number("1/currency", ge=0, le=1e6)] | None = None
    label: Wording = ""

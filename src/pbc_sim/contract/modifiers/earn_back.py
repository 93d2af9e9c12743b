"""How is a deduction earned back: a share is repaid after several good reviews in a row.

Lives here: the earn-back of a mechanism. May not live here: the mechanism.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pbc_sim.contract.block import column
from pbc_sim.inputs import PositiveCount, Share, Written
from pbc_sim.performance.words import Words

__all__ = ["EarnBack"]


class EarnBack(Written):
    """After so many reviews met in a row, a share of the mechanism's deductions is paid back.

    It is paid once for each run of good reviews, and only for deductions since the last earn-back;
    the rest of these is settled then. Under a cap on deductions that it shares with mechanisms that
    pay back less, better work can be paid less, as the room that it leaves goes to these.

    Parameters
    ----------
    after : int
        Reviews that must be met in a row. [review]
    share : float
        Share of the deductions that is paid back: of those that all limits let through. [1]

    Notes
    -----
    Source: earn-back of service level credits in outsourcing contracts.

    Examples
    --------
    >>> EarnBack(after=3, share=0.5).share
    0.5
    """

    after: PositiveCount
    share: Share

    @classmethod
    def paid_back(
        cls, clauses: Sequence[EarnBack], amounts: np.ndarray, good_in_a_row: np.ndarray
    ) -> np.ndarray:
        """Return what is paid back per period, >= 0 [currency].

        Parameters
        ----------
        clauses : sequence of EarnBack
            The clause of each contract.
        amounts : ndarray
            What the mechanism pays; what is below zero can be earned back. [currency]
        good_in_a_row : ndarray of int
            Reviews met in a row, up to and with each period; 0 in periods without a good review.
        """
        after, share = column(clauses, "after")[..., 0], column(clauses, "share")[..., 0]
        n_periods = max(amounts.shape[-1], good_in_a_row.shape[-1])
        shape = np.broadcast_shapes(
            amounts.shape, good_in_a_row.shape, (*after.shape, 1), (*share.shape, 1), (n_periods,)
        )
        amounts, run = np.broadcast_to(amounts, shape), np.broadcast_to(good_in_a_row, shape)
        back, open_deductions = np.zeros(shape), np.zeros(shape[:-1])
        for period in range(n_periods):
            open_deductions = open_deductions - np.minimum(amounts[..., period], 0.0)
            earned = run[..., period] == after
            back[..., period] = np.where(earned, share * open_deductions, 0.0)
            open_deductions = np.where(earned, 0.0, open_deductions)
        return back

    def clause(self, words: Words) -> str:
        """Say in the language of the contract how deductions are earned back."""
        reviews, part = words.counted(self.after, "review", "evaluasi"), words.share(self.share)
        return words.pick(
            english=f"After {reviews} met in a row, {part} of the deductions since the last such "
            "repayment are paid back.",
            indonesian=f"Setelah target tercapai pada {reviews} berturut-turut, {part} dari "
            "pemotongan sejak pengembalian terakhir dibayarkan kembali.",
        )

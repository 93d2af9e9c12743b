"""What happens in one future under one plan: the compiled twin of the reference model.

Lives here: the rules of `operations/model/` once more, for numba, in files of the same names and in
the same order. The same world gives the same ledger, number for number; a test holds them together.
May not live here: a rule that the reference model has not. Numba is imported when a `Twin` is, so
that the package works without it.
"""

from pbc_sim.operations.kernel.coverage import not_covered

__all__ = ["not_covered"]

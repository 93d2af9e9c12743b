"""Whether two ledgers are the same, bit by bit."""

from dataclasses import fields

from pbc_sim.operations.facts import Table


def same(one, other):
    """Compare two ledgers bit by bit; what differs is named."""
    for table in fields(one):
        left, right = getattr(one, table.name), getattr(other, table.name)
        if not isinstance(left, Table):
            assert left == right, table.name
            continue
        for column in fields(left):
            mine, theirs = getattr(left, column.name), getattr(right, column.name)
            where = f"{table.name}.{column.name}"
            assert (mine.dtype, mine.shape) == (theirs.dtype, theirs.shape), where
            assert mine.tobytes() == theirs.tobytes(), where

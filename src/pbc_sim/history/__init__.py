"""What do our own records say?

Lives here: records of real contracts, read into the ledger that KPIs and contracts are worked out
from. May not live here: how a contract that runs is watched (`decision/monitoring/`), widgets.
"""

from pbc_sim.history.record import Record, read_record, record_of, require_recorded

__all__ = ["Record", "read_record", "record_of", "require_recorded"]

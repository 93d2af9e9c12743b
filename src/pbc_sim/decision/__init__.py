"""Which contract, at what risk, and will the supplier go along?

Lives here: simulating plans, pricing contracts on the outcomes, comparing them, and telling one
future event by event.
"""

from pbc_sim.decision.adaptive import AdaptiveStudy, adapt
from pbc_sim.decision.checks import check_contracts
from pbc_sim.decision.clause_prices import clause_prices, price_tags, watched
from pbc_sim.decision.comparison import Comparison, compare
from pbc_sim.decision.conduct import Conduct, conduct
from pbc_sim.decision.designing import DesignStudy, design
from pbc_sim.decision.discovery import FailureBox, failure_box
from pbc_sim.decision.incentive_scan import IncentiveScan, scan_incentives
from pbc_sim.decision.menus import PlanMenu, plan_grid, plan_menu
from pbc_sim.decision.natural_variation import FairTargets, fair_targets
from pbc_sim.decision.negotiation import Negotiation, negotiate
from pbc_sim.decision.not_knowing import variance_split
from pbc_sim.decision.operating import OperatingCharacteristic, operating_characteristic
from pbc_sim.decision.outcomes import Outcomes, Settlement, run
from pbc_sim.decision.payment_causes import Waterfall, payment_waterfall
from pbc_sim.decision.precision import Precision, run_until
from pbc_sim.decision.response import Response, respond
from pbc_sim.decision.selection import BestContract, Ranking, rank, select_best
from pbc_sim.decision.sensitivity import morris_screening, sobol_indices, tornado
from pbc_sim.decision.timeline import Trace, trace

__all__ = [
    "AdaptiveStudy",
    "BestContract",
    "Comparison",
    "Conduct",
    "DesignStudy",
    "FailureBox",
    "FairTargets",
    "IncentiveScan",
    "Negotiation",
    "OperatingCharacteristic",
    "Outcomes",
    "PlanMenu",
    "Precision",
    "Ranking",
    "Response",
    "Settlement",
    "Trace",
    "Waterfall",
    "adapt",
    "check_contracts",
    "clause_prices",
    "compare",
    "conduct",
    "design",
    "failure_box",
    "fair_targets",
    "morris_screening",
    "negotiate",
    "operating_characteristic",
    "payment_waterfall",
    "plan_grid",
    "plan_menu",
    "price_tags",
    "rank",
    "respond",
    "run",
    "run_until",
    "scan_incentives",
    "select_best",
    "sobol_indices",
    "tornado",
    "trace",
    "variance_split",
    "watched",
]

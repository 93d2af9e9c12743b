"""What does it look like: pictures of costs, profits, KPIs, thresholds and single futures.

Lives here: the only use of matplotlib; one function a picture, gather first and then draw.
May not live here: statistics that a table would not show.
Every picture says its sample size, shows intervals beside estimates, and is safe for the
colour-blind (Okabe and Ito).
"""

from pbc_sim.show.plots.adaptive import figure_adaptive
from pbc_sim.show.plots.comparison import figure_kpis, figure_money, plot_kpi, plot_money
from pbc_sim.show.plots.exceedance import plot_exceedance
from pbc_sim.show.plots.fair_targets import figure_fair_targets, plot_fair_targets
from pbc_sim.show.plots.game import figure_debrief, plot_debrief
from pbc_sim.show.plots.incentives import figure_incentives, plot_incentive
from pbc_sim.show.plots.monitoring import figure_dashboard
from pbc_sim.show.plots.negotiation import figure_negotiation, plot_negotiation
from pbc_sim.show.plots.operating import plot_operating_characteristic
from pbc_sim.show.plots.precision import plot_precision
from pbc_sim.show.plots.price_tags import figure_price_tags, plot_price_tags
from pbc_sim.show.plots.ranking import figure_ranking, plot_ranking
from pbc_sim.show.plots.response import figure_response, plot_response
from pbc_sim.show.plots.sensitivity import plot_tornado
from pbc_sim.show.plots.trace import plot_trace
from pbc_sim.show.plots.unknowns import plot_failure_box, plot_morris, plot_sobol
from pbc_sim.show.plots.variance import plot_variance_split
from pbc_sim.show.plots.waterfall import figure_waterfall

__all__ = [
    "figure_adaptive",
    "figure_dashboard",
    "figure_debrief",
    "figure_fair_targets",
    "figure_incentives",
    "figure_kpis",
    "figure_money",
    "figure_negotiation",
    "figure_price_tags",
    "figure_ranking",
    "figure_response",
    "figure_waterfall",
    "plot_debrief",
    "plot_exceedance",
    "plot_failure_box",
    "plot_fair_targets",
    "plot_incentive",
    "plot_kpi",
    "plot_money",
    "plot_morris",
    "plot_negotiation",
    "plot_operating_characteristic",
    "plot_precision",
    "plot_price_tags",
    "plot_ranking",
    "plot_response",
    "plot_sobol",
    "plot_tornado",
    "plot_trace",
    "plot_variance_split",
]

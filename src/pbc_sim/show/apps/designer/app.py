"""How is a contract designed on a screen?

Lives here: the widgets of the designer, and what each of them does.
"""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import numpy as np

from pbc_sim.contract import compile_settlement
from pbc_sim.decision import run
from pbc_sim.figures import money
from pbc_sim.language import translated as _
from pbc_sim.scenario import load_scenario
from pbc_sim.scenario.vary import with_numbers
from pbc_sim.show.apps.chart import BUYER, Axis, Chart, Picture, dot, span
from pbc_sim.show.apps.controls import Control, Controls, Section
from pbc_sim.show.apps.opening import Opening
from pbc_sim.show.apps.page import Page

__all__ = ["app"]


def app(opening: Opening) -> widgets.Widget:
    """Return the designer."""
    story = load_scenario(opening.scenario)
    outcomes = run(story, min(20, opening.replications), 1, workers=1, progress=False)
    compile_settlement()
    contract = story.contracts["pbc_2022"]
    path = "payment.catalogue_price.factor"
    chart = Chart()

    def told(key: str, value: Any) -> None:
        draft = with_numbers(contract, {key: value})
        prices = outcomes.settle({"draft": draft})
        plan = prices.most_profitable_plan("draft")
        cost = prices.buyer_cost.sel(contract="draft", plan=plan).values
        low, high = np.quantile(cost, [0.05, 0.95])
        chart.draw(
            Picture(
                _("Buyer's total cost"),
                "x",
                Axis.over([4e8, 7e8], lambda v: money(v, story.currency)),
                Axis.of_rows(["draft"]),
                [span((low, high), 0, BUYER), dot(cost.mean(), 0, BUYER, money(cost.mean()))],
            )
        )

    page = Page(lambda: _("Designer"), lambda: None, opening.language)
    form = Controls(page.guarded(told))
    control = Control(path, "Price factor", low=0.5, high=1.5, step=0.005)
    form.show([Section("payment", "Payment", [control])], {path: 0.89})
    page.fill(form, chart)
    told(path, 0.89)
    return page.widget

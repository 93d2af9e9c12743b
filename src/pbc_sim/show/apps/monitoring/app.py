"""How is a contract watched on a screen, week by week?

Lives here: the widgets of the monitoring view, and what each of them does. May not live here: what
the pictures show (`pictures.py`), what is measured.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pandas as pd

from pbc_sim.decision.monitoring import (
    Dashboard,
    Monitor,
    alerts_of,
    monitor,
    require_admitted,
)
from pbc_sim.decision.monitoring.telling import Dates, overdue_told, state_told, units_told
from pbc_sim.errors import PbcError
from pbc_sim.figures import count
from pbc_sim.history import Record, read_record, record_of, require_recorded
from pbc_sim.language import said, speaking
from pbc_sim.language import translated as _
from pbc_sim.operations.known import as_known
from pbc_sim.scenario import Scenario, load_scenario
from pbc_sim.show.apps.chart import Chart, Picture
from pbc_sim.show.apps.controls import Control, Controls, Section, button
from pbc_sim.show.apps.monitoring.pictures import (
    kpi_picture,
    settled_picture,
    weekly_pictures,
)
from pbc_sim.show.apps.opening import Opening, scenario_files, scenario_title
from pbc_sim.show.apps.page import Page, block, download, escaped, heading, words

__all__ = ["MonitoringView", "app"]

#: Futures that a band is read off, unless fewer are asked for.
FUTURES = 60

#: Fewer futures make no band of 90%.
LEAST_FUTURES = 20

#: Weeks that have passed when the view is opened.
OPENED_AFTER = 20

MOST_FUTURES = 999

#: Weeks of a simulated term that make the example of a record.
WEEKS_OF_EXAMPLE = 4


class MonitoringView:
    """The page, and the term that is watched on it.

    Parameters
    ----------
    opening : Opening
        What the view is opened with.
    """

    def __init__(self, opening: Opening) -> None:
        self.futures = max(LEAST_FUTURES, min(FUTURES, opening.replications))
        self.files = {path.stem: path for path in scenario_files(opening.scenario)}
        self.page = Page(lambda: _("Monitoring of a contract"), self.say_again, opening.language)
        self.form = Controls(self.page.guarded(self.told))
        self.slider = Controls(self.page.guarded(self.told))
        self.state, self.alerts, self.units = (widgets.HTML() for _n in range(3))
        self.example = widgets.HTML()
        self.overdue, self.note = widgets.HTML(), widgets.HTML()
        self.titles = {key: widgets.HTML() for key in ("kpis", "weeks", "settled", "units")}
        self.kpis, self.weeks = block(kind="pbc-pair"), block(kind="pbc-pair")
        self.settled = Chart()
        self.charts: dict[str, list[Chart]] = {"kpis": [], "weeks": []}
        # On a narrow screen the week and what it came to stay in sight above the charts.
        now = block(self.slider, self.state, kind="pbc-sticky")
        seen = block(
            self.titles["kpis"], self.kpis, self.note, self.titles["settled"], self.settled,
            self.titles["weeks"], self.weeks, self.titles["units"], self.units, self.overdue,
        )  # fmt: skip
        watch = block(block(now, self.alerts, kind="pbc-stay"), seen, kind="pbc-columns")
        watch.add_class("pbc-watch")
        self.page.fill(self.form, self.example, watch)
        with speaking(opening.language):
            self.load(opening.scenario)

    def load(self, path: Path) -> None:
        """Open a story and watch its last contract that has KPIs."""
        self.scenario: Scenario = load_scenario(path)
        with_kpis = [name for name, c in self.scenario.contracts.items() if c.incentives]
        contract = next(iter(with_kpis or self.scenario.contracts))
        plans = list(self.scenario.plans)
        admitted = [p for p in plans if self.scenario.contracts[contract].admits(p)]
        self.chosen: dict[str, Any] = {
            "scenario": path.stem,
            "contract": contract,
            "plan": admitted[0],
            "expected": admitted[-2] if len(admitted) > 2 else admitted[-1],
            "replication": 0,
            "week": OPENED_AFTER,
        }
        #: What was really written down, where no simulated future is followed.
        self.record: Record | None = None
        self.follow()

    def follow(self) -> None:
        """Simulate what was chosen, and show the week that was looked at."""
        chosen = self.chosen
        self.watched: Monitor = monitor(
            self.scenario,
            chosen["contract"],
            chosen["plan"],
            replication=chosen["replication"],
            expected=chosen["expected"],
            futures=self.futures,
            ledger=self.record.ledger if self.record else None,
        )
        self.chosen["week"] = min(chosen["week"], self.weeks_known)
        self.say_again()

    @property
    def weeks_known(self) -> int:
        """How many weeks may be looked at: of a record, up to that of its last entry."""
        if self.record is None:
            return len(self.watched.weeks)
        return self.watched.weeks_by(self.record.until)

    def read(self, name: str, text: str) -> None:
        """Follow what was written down of a real contract."""
        require_recorded(self.scenario.contracts[self.chosen["contract"]])
        self.record = read_record(text, name, self.scenario.setting)
        # How the supplier really works is in the record; what it costs is told by its plan.
        self.chosen |= {"plan": self.chosen["expected"], "week": math.inf}
        self.follow()
        said = _("Read {name}: {n} orders, the last entry on {date}.")
        self.page.say(
            said.format(
                name=name,
                n=count(len(self.record.ledger.orders)),
                date=self.watched.dates.said(self.record.until),
            )
        )

    @property
    def board(self) -> Dashboard:
        """The dashboard of the week that is looked at."""
        return self.watched.at(self.chosen["week"])

    def say_again(self) -> None:
        """Say everything anew, in the language that is spoken."""
        plans = {name: said(plan.label) or name for name, plan in self.scenario.plans.items()}
        contracts = {name: said(c.title) for name, c in self.scenario.contracts.items()}
        titles = {name: scenario_title(path) for name, path in self.files.items()}
        contract = Control("contract", _("Contract"), "choice", options=contracts)
        expected = Control("expected", _("How it was expected to work"), "choice", options=plans)
        choices = [Control("scenario", _("Scenario"), "choice", options=titles), contract]
        if self.record is None:
            really = _("How the supplier really works")
            choices.append(Control("plan", really, "choice", options=plans))
            choices += [expected, Control("replication", _("Number of the future"))]
        else:
            choices += [expected, button("simulated", _("Back to the simulation"))]
        upload = Control("record", _("Record of a contract (CSV)"), "file", accept=".csv,.txt")
        folds = _("What is watched")
        choice = Section("choice", "", [*choices, upload], row=True, folds=folds)
        self.form.show([choice], self.chosen)
        self.example.value = self._about_records()
        weeks = Control("week", _("Weeks passed"), low=0, high=self.weeks_known, step=1)
        self.slider.show([Section("time", "", [weeks])], self.chosen)
        for key, title in {
            "kpis": _("KPIs so far"),
            "settled": _("Settlement so far"),
            "weeks": _("Week by week"),
            "units": _("Units and overdue orders"),
        }.items():
            self.titles[key].value = heading(title)
        note = _(
            "Blue: the KPI so far in its review. Grey: the band that holds 90% of {n} other "
            "simulated futures under the expected plan on the same day; ordinary work is worse in "
            "one week of twenty. Dashed: the target. Circle: a review met it; cross: missed it. "
            "Nothing shown depends on what happens after the chosen week."
        )
        self.note.value = words([note.format(n=self.futures)])
        self.refresh()

    def told(self, key: str, value: Any) -> None:
        """Do what was chosen."""
        if key == "scenario":
            self.load(self.files[value])
        elif key == "record":
            self.read(value["name"], value["text"])
            return
        elif key == "simulated":
            self.record = None
            self.follow()
        elif key == "week":
            self.chosen["week"] = self._whole(value, self.weeks_known, key)
            self.refresh()
        else:
            if key == "replication":
                value = self._whole(value, MOST_FUTURES, key)
            before = dict(self.chosen)
            self.chosen[key] = value
            if self.record:
                self.chosen["plan"] = self.chosen["expected"]
            try:
                contract = self.scenario.contracts[self.chosen["contract"]]
                require_admitted(contract, self.chosen["plan"], self.chosen["expected"])
                if self.record:
                    require_recorded(contract)
            except PbcError:
                self.chosen = before
                self.form.fill(before)
                raise
            self.follow()
        self.page.say("")

    def _about_records(self) -> str:
        """Say what is followed, and how a record of one's own looks."""
        edges = self.watched.weeks.edges
        begun = as_known(self.watched.ledger, float(edges[min(WEEKS_OF_EXAMPLE, len(edges) - 1)]))
        link = download(_("Example of a record (CSV)"), "record.csv", record_of(begun), "text/csv")
        said = (
            _("A simulated term is followed; a record of your own orders and deliveries can be.")
            if self.record is None
            else _("The record {name} is followed.").format(name=self.record.name)
        )
        return f'<p class="pbc-files">{escaped(said)} {link}</p>'

    def _whole(self, value: Any, most: int, key: str) -> int:
        if value is None or value != int(value) or not 0 <= value <= most:
            text = _("{what} must be a whole number from 0 to {most}, got {value}.")
            what = {"week": _("Weeks passed"), "replication": _("Number of the future")}[key]
            raise PbcError(text.format(what=what, most=most, value=value))
        return int(value)

    def refresh(self) -> None:
        """Show the week that is looked at."""
        board, dates = self.board, self.watched.dates
        self._draw("kpis", [kpi_picture(kpi, board, dates) for kpi in board.kpis])
        self._draw("weeks", list(weekly_pictures(board, self.watched, dates)))
        self.settled.draw(settled_picture(board, dates))
        self.state.value = _state(board, dates)
        self.alerts.value = _alerts(board)
        self.units.value = _units(board)
        self.overdue.value = _overdue(board, dates)

    def _draw(self, key: str, pictures: list[Picture]) -> None:
        charts = self.charts[key]
        if len(charts) != len(pictures):
            charts[:] = [Chart() for _picture in pictures]
            {"kpis": self.kpis, "weeks": self.weeks}[key].children = tuple(charts)
        for chart, picture in zip(charts, pictures, strict=True):
            chart.draw(picture)


def app(opening: Opening) -> widgets.Widget:
    """Return the monitoring view."""
    return MonitoringView(opening).page.widget


def _state(board: Dashboard, dates: Dates) -> str:
    inside = "".join(f"<p>{escaped(text)}</p>" for text in state_told(board, dates))
    return f'<div class="pbc-verdict">{inside}</div>'


def _alerts(board: Dashboard) -> str:
    alerts = alerts_of(board)
    if not alerts:
        return words([_("No alerts this week.")])
    kinds = {"warning": _("Warning"), "note": _("Note")}
    rows = "".join(
        f'<li class="pbc-alert pbc-alert-{alert.severity}"><strong>{kinds[alert.severity]}'
        f"</strong> {escaped(alert.text)}</li>"
        for alert in alerts
    )
    title = _("Alerts")
    return (
        f'{heading(title)}<ul class="pbc-alerts" tabindex="0" aria-label="{escaped(title)}">'
        f"{rows}</ul>"
    )


def _table(caption: str, frame: pd.DataFrame) -> str:
    head = "".join(f'<th scope="col">{escaped(str(column))}</th>' for column in frame.columns)
    rows = "".join(
        "<tr>"
        f'<th scope="row">{escaped(row[0])}</th>'
        + "".join(f"<td>{escaped(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in frame.astype(str).itertuples(index=False)
    )
    return (
        f'<div class="pbc-scroll" tabindex="0" role="region" aria-label="{escaped(caption)}">'
        f"<table><caption>{escaped(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _units(board: Dashboard) -> str:
    return _table(_("Units, over the term so far"), units_told(board))


def _overdue(board: Dashboard, dates: Dates) -> str:
    parts = [_table(title, shown) for title, shown in overdue_told(board, dates)]
    return "".join(parts) or words([_("No order is overdue.")])

"""How is a contract designed on a screen?

Lives here: the widgets of the designer, and what each of them does. May not live here: what is
shown in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets as widgets
import pandas as pd

from pbc_sim.contract import compile_settlement
from pbc_sim.contract.payments import PAYMENTS
from pbc_sim.contract.terms import Contract
from pbc_sim.contract.text import words_for
from pbc_sim.decision.checks import check_contracts
from pbc_sim.decision.outcomes import Outcomes
from pbc_sim.decision.wording import plan_labels
from pbc_sim.figures import count
from pbc_sim.language import plural, spoken
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words
from pbc_sim.scenario import Scenario, load_scenario
from pbc_sim.show.apps.chart import Chart
from pbc_sim.show.apps.controls import Control, Controls, Section, button
from pbc_sim.show.apps.designer.beginnings import additions, with_added, with_payment
from pbc_sim.show.apps.designer.candidates import candidates_table
from pbc_sim.show.apps.designer.draft import DRAFT, Draft, written_terms
from pbc_sim.show.apps.designer.fields import Field, Group, groups_of
from pbc_sim.show.apps.designer.files import annex_links, read_back, report_links, yaml_links
from pbc_sim.show.apps.designer.pictures import (
    Scales,
    gains_strip,
    kpi_picture,
    money_picture,
    plans_picture,
    zone_picture,
)
from pbc_sim.show.apps.designer.prices import Desk, Priced
from pbc_sim.show.apps.designer.removals import with_removed
from pbc_sim.show.apps.designer.sentences import beside_fields, name_said, verdict
from pbc_sim.show.apps.futures import Futures
from pbc_sim.show.apps.later import Later
from pbc_sim.show.apps.opening import Opening, scenario_files, scenario_title
from pbc_sim.show.apps.page import Page, block, heading, words

__all__ = ["Designer", "app"]

#: Futures that the checks look at: enough for a first look, few enough not to wait.
CHECKED_ON = 40

#: After so long without a move what takes longer is worked out. [s]
AT_REST = 0.8

#: Contracts beside the draft that pictures show.
MOST_ROWS = 5


def app(opening: Opening) -> widgets.Widget:
    """Return the designer."""
    return Designer(opening).page.widget


class Designer:
    """The designer: a draft, the futures that it is priced on, and the widgets that show both.

    Parameters
    ----------
    opening : Opening
        What it is opened with.
    """

    def __init__(self, opening: Opening) -> None:
        compile_settlement()
        self.page = Page(lambda: _("Contract designer"), self._say_again, opening.language)
        self.files = {str(path): path for path in scenario_files(opening.scenario)}
        self.futures = Futures(opening.replications, self._grown, self._progress)
        self.rest = Later(AT_REST, self._at_rest)
        self._scales = Scales()
        self._findings: pd.DataFrame | None = None
        self._groups: list[Group] = []
        self._fields: dict[str, Field] = {}
        self._others: dict[str, Priced] = {}
        guarded = self.page.guarded
        self.choices = Controls(guarded(self._choose))
        self.form = Controls(guarded(self._change))
        self.actions = Controls(guarded(self._act))
        self.papers = Controls(guarded(self._act))
        self.verdict, self.compared = widgets.HTML(), widgets.HTML()
        self.links, self.ready = widgets.HTML(), widgets.HTML()
        for files in (self.links, self.ready):
            files.add_class("pbc-files")
        # On a narrow screen it stays in sight while a slider far below is moved.
        self.verdict.add_class("pbc-sticky")
        self.money = {"buyer_cost": Chart(), "supplier_profit": Chart()}
        self.plans, self.zone = Chart(), Chart()
        self.kpis = block()
        self._lay_out()
        with self.page.speaking():
            self._take(str(opening.scenario), load_scenario(opening.scenario))

    def _lay_out(self) -> None:
        pictures = block(
            block(*self.money.values(), kind="pbc-pair"),
            self.kpis,
            block(self.plans, self.zone, kind="pbc-pair"),
        )
        desk = block(block(self.form, kind="pbc-stay"), pictures, kind="pbc-columns")
        parts = (self.choices, self.verdict, self.actions, desk, self.compared, self.papers)
        self.page.fill(*parts, self.links, self.ready)

    # --- what is at hand

    def _take(self, path: str, scenario: Scenario, contract: Contract | None = None) -> None:
        """Begin with a scenario, and with a contract of it."""
        if contract is None:
            begun = _first_contract(scenario)
            contract = scenario.contracts.get(begun) or Contract(title=scenario.title)
        else:
            begun = DRAFT
        self.path, self.begun, self.draft = path, begun, Draft(contract)
        #: Terms that payment schemes had before others were tried, by the schemes' names.
        self._paid: dict[str, Any] = {}
        self._simulate(scenario)

    def _simulate(self, scenario: Scenario) -> None:
        contracts = {**scenario.contracts, **self.draft.candidates, DRAFT: self.draft.contract}
        outcomes = self.futures.begin(scenario, contracts)
        self.scenario = scenario
        self._scales.forget()
        self._sit_down(outcomes)
        self._show_all()

    def _sit_down(self, outcomes: Outcomes) -> None:
        self.desk = Desk(outcomes)
        self._others = {}
        for name, contract in self._beside().items():
            self._others[name] = self.desk.price(name, contract)

    def _beside(self) -> dict[str, Contract]:
        """Return the contracts that the draft is shown beside."""
        known = {self.desk.baseline} if self.desk.baseline else set()
        kept = {name: c for name, c in self.scenario.contracts.items() if name in known}
        kept |= self.draft.candidates
        return {name: c for name, c in kept.items() if self.desk.knows(c)}

    def _grown(self, outcomes: Outcomes) -> None:
        with self.page.speaking():
            self._sit_down(outcomes)
            self._moved()

    def _progress(self, known: int | None) -> None:
        with self.page.speaking():
            if known is None:
                self.page.progress(None)
                return
            of = self.futures.replications
            said = _("{known} of {all} futures are simulated; figures get surer.")
            self.page.progress(known / of, said.format(known=count(known), all=count(of)))

    # --- what somebody does

    def _choose(self, key: str, value: Any) -> None:
        if key == "scenario":
            self._take(value, load_scenario(self.files[value]))
        elif key == "begun":
            self.draft.go_back_to(value, self.scenario)
            self.begun = value
            self._paid.clear()
            self._show_all()
        elif key == "upload":
            scenario, contract = read_back(value["name"], value["text"], self.scenario)
            if scenario is self.scenario and contract is not None:
                self.draft.replace(contract)
                self._paid.clear()
                self._show_all()
            else:
                self._take(self.path, scenario, contract)
            self.page.say(_("Read {name}.").format(name=value["name"]))

    def _change(self, key: str, value: Any) -> None:
        self._forget_message()
        if key == "payment":
            self._pay_by(value)
        elif key == "add":
            self._wanted = value
            return
        elif key == "add now":
            self.draft.replace(with_added(self.draft.contract, self.scenario, self._wanted))
        elif key.startswith("remove "):
            group = next(g for g in self._groups if g.key == key.removeprefix("remove "))
            contract, gone = with_removed(self.draft.contract, group.steps)
            self.draft.replace(contract)
            if gone:
                removed = plural(
                    "Removed, and with it {n} clause that reads it.",
                    "Removed, and with it {n} clauses that read it.",
                    gone,
                )
                self.page.say(removed.format(n=gone))
        else:
            field = self._fields[key]
            self.draft.change(field.steps, field.written(value))
        self._moved(key)
        if key in ("payment", "add now") or key.startswith("remove "):
            self._show_form()

    def _pay_by(self, scheme: str) -> None:
        before = self.draft.contract
        self.draft.replace(with_payment(before, self.scenario, scheme, self._paid))
        # Who changes back finds the price again.
        written = written_terms(before).get("payment")
        if written:
            self._paid[PAYMENTS.name_of(before.payment)] = written

    def _act(self, key: str, value: Any) -> None:
        self._forget_message()
        if key in ("undo", "redo"):
            self.draft.undo() if key == "undo" else self.draft.redo()
            self._show_all()
        elif key == "keep":
            name = self.draft.keep_as_candidate()
            self._others = {**self._others, name: self.desk.price(name, self.draft.contract)}
            self._show_all()
            self.page.say(_("Kept as {name}.").format(name=self._called(name)))
        elif key == "simulate":
            self._simulate(self.scenario)
        elif key == "annex":
            self._offer(annex_links(self._with_draft(), None))
        elif key == "report":
            known = {**self.scenario.contracts, **self.draft.candidates, DRAFT: self.draft.contract}
            contracts = {name: c for name, c in known.items() if self.desk.knows(c)}
            self._offer(report_links(self._with_draft(), self.desk.outcomes, contracts))

    def _forget_message(self) -> None:
        if self.page.message:
            self.page.say("")

    def _with_draft(self) -> Scenario:
        return self.draft.scenario_with(self.scenario)

    def _offer(self, links: str) -> None:
        self._show_links()
        self.ready.value = f"<p>{links}</p>"
        self.page.say(_("Ready: the files are at the end of the page."))

    # --- what is shown

    def _say_again(self) -> None:
        self._show_all()

    def _show_all(self) -> None:
        self._findings = None
        self._show_choices()
        self._moved()
        self._show_form()
        self._show_candidates()
        self._show_links()

    def _moved(self, key: str = "") -> None:
        """Show everything that moves with the draft, or with one field of it; it must be quick."""
        self._findings = None
        # Papers of another draft would be taken for this one's.
        self.ready.value = ""
        contract = self.draft.contract
        if self.desk.knows(contract):
            priced = self.desk.price(DRAFT, contract)
            self._draw(priced)
            kind = "" if priced.in_zone else " pbc-no"
            said = words([verdict(priced)]) + gains_strip(priced, self._scales)
        else:
            kind = " pbc-no"
            unknown = _(
                "These terms need facts that were not simulated. Press “Simulate these terms”; the "
                "pictures show the terms before."
            )
            said = words([unknown])
        self.verdict.value = f'<div class="pbc-verdict{kind}">{said}</div>'
        self._show_actions()
        self._show_words(
            [g.key for g in self._groups if key == g.key or key.startswith(f"{g.key}.")]
        )
        self.rest.call()

    def _draw(self, priced: Priced) -> None:
        contracts = {self._called(DRAFT): priced}
        for name, other in list(self._others.items())[-MOST_ROWS:]:
            contracts[self._called(name)] = other
        outside = self.scenario.outside_option
        titles = {
            "buyer_cost": (_("Buyer's total cost"), outside.buyer_cost),
            "supplier_profit": (_("Supplier's profit"), outside.supplier_profit),
        }
        for of, (title, without) in titles.items():
            self.money[of].draw(money_picture(title, of, contracts, self._scales, without))
        self.plans.draw(plans_picture(priced, self._scales))
        self._draw_kpis(contracts)
        zone = zone_picture(contracts, self._scales)
        if zone:
            self.zone.draw(zone)
        else:
            self.zone.picture = {}

    def _draw_kpis(self, contracts: Mapping[str, Priced]) -> None:
        names = list(self.draft.contract.kpis)
        charts = list(self.kpis.children)[: len(names)]
        charts += [Chart() for _n in names[len(charts) :]]
        for chart, name in zip(charts, names, strict=True):
            chart.draw(kpi_picture(name, contracts, self._scales, self._words))
        if len(charts) != len(self.kpis.children):
            self.kpis.children = charts

    @property
    def _words(self) -> Words:
        plans = plan_labels(self.scenario)
        return words_for(self.draft.contract, spoken(), self.scenario.currency, plans)

    def _show_choices(self) -> None:
        scenario = Control(
            "scenario",
            _("Scenario"),
            "choice",
            options={key: scenario_title(path) for key, path in self.files.items()},
        )
        known = {name: self._called(name) for name in self._contracts()}
        begun = Control("begun", _("Begin with the contract"), "choice", options=known)
        upload = Control("upload", _("Go on with a saved file"), "file", accept=".yaml,.yml")
        self.choices.show(
            [Section("choices", "", [scenario, begun, upload], row=True)],
            {"scenario": self.path, "begun": self.begun},
        )

    def _called(self, name: str) -> str:
        return name_said(name, self.scenario.contracts)

    def _contracts(self) -> Sequence[str]:
        named = dict.fromkeys((*self.scenario.contracts, *self.draft.candidates))
        return [*named] if self.begun in named else [self.begun, *named]

    def _show_actions(self) -> None:
        knows = self.desk.knows(self.draft.contract)
        shown = [
            button("undo", _("Undo"), disabled=not self.draft.can_undo),
            button("redo", _("Redo"), disabled=not self.draft.can_redo),
            button("keep", _("Keep as candidate"), primary=knows, disabled=not knows),
        ]
        if not knows:
            shown.append(button("simulate", _("Simulate these terms"), primary=True))
        sections = [Section("actions", "", shown, row=True)]
        if [section.as_dict() for section in sections] != self.actions.sections:
            self.actions.show(sections, {})
        papers = [button("annex", _("Prepare the annex to sign")), button("report", _("Report"))]
        sections = [Section("papers", "", papers, row=True)]
        if [section.as_dict() for section in sections] != self.papers.sections:
            self.papers.show(sections, {})

    def _show_form(self) -> None:
        """Lay the form out anew."""
        contract, said = self.draft.contract, self._words
        self._groups = groups_of(contract, said)
        self._fields = {f.control.key: f for group in self._groups for f in group.fields}
        sections = []
        for group in self._groups:
            controls = [field.control for field in group.fields]
            if group.steps:
                aloud = _("Remove: {clause}").format(clause=group.title)
                controls.append(button(f"remove {group.key}", _("Remove"), aloud=aloud))
            sections.append(Section(group.key, group.title, controls, _("Further terms")))
        options = additions(contract, self.scenario, said)
        self._wanted = next(iter(options), "")
        added = Control("add", _("What to add"), "choice", options=options)
        adding = [added, button("add now", _("Add"))]
        sections.append(Section("general", _("Add a clause"), adding))
        values = {key: field.value for key, field in self._fields.items()}
        self.form.show(sections, {**values, "add": self._wanted})
        self._show_words()

    def _show_words(self, moved: Sequence[str] = ()) -> None:
        """Write the clauses beside their fields; while one moves, that one alone."""
        keys = [group.key for group in self._groups if self._still_there(group)]
        if moved:
            keys = [key for key in keys if key in moved]
        said = beside_fields(self.draft.contract, keys, self._words, self._findings)
        self.form.say(said, only=moved)

    def _still_there(self, group: Group) -> bool:
        kind, _dot, name = group.key.partition(".")
        found = getattr(self.draft.contract, kind)
        if isinstance(found, Mapping):
            return name in found
        return int(name) < len(found) if isinstance(found, tuple) else found is not None

    def _show_candidates(self) -> None:
        self.compared.value = heading(_("Candidates")) + candidates_table(
            self.desk.outcomes, self._candidates()
        )

    def _candidates(self) -> dict[str, Contract]:
        baseline = self.desk.baseline
        first = {baseline: self.scenario.contracts[baseline]} if baseline else {}
        known = {**first, **self.draft.candidates}
        return {name: contract for name, contract in known.items() if self.desk.knows(contract)}

    def _at_rest(self) -> None:
        """Work out what takes longer than a move of a slider."""
        with self.page.speaking():
            contract = self.draft.contract
            if self.desk.knows(contract):
                self._findings = self._checked(contract)
                self._show_words()
            self._show_candidates()
            fresh = {f.control.key: f for g in groups_of(contract, self._words) for f in g.fields}
            if set(fresh) != set(self._fields):
                self._show_form()
            else:
                self.form.fill({key: field.value for key, field in fresh.items()})
            self._show_links()

    def _show_links(self) -> None:
        self.links.value = f"<p>{yaml_links(self._with_draft())}</p>"

    def _checked(self, contract: Contract) -> pd.DataFrame:
        return check_contracts(self.desk.first(CHECKED_ON).settle({DRAFT: contract}))


def _first_contract(scenario: Scenario) -> str:
    """Return the contract that a designer begins with: the one that the file varies, or a PBC."""
    if scenario.design is not None and scenario.design.contract in scenario.contracts:
        return scenario.design.contract
    with_money = [name for name, contract in scenario.contracts.items() if contract.incentives]
    return next(iter(with_money or scenario.contracts), DRAFT)

"""Which story is told: the scenario file, read, checked and located.

Lives here: the scenario language's top level, error messages with file and line, limits on what is
run. May not live here: sections of the language, YAML (`plain.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.terms import Contract
from pbc_sim.errors import PbcError, ScenarioError, reason_of, unknown_name
from pbc_sim.inputs import (
    CurrencyCode,
    Money,
    Name,
    Wording,
    Written,
    WrittenError,
)
from pbc_sim.language import noted
from pbc_sim.language import translated as _
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.performance.costs import CostTerms
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.scenario.design import DesignTerms, Wishes
from pbc_sim.scenario.plain import Places, built, composed
from pbc_sim.scenario.published import Published
from pbc_sim.scenario.suppliers import OutsideOption, SupplierType
from pbc_sim.scenario.writing import save_scenario, to_yaml
from pbc_sim.world.setting import Setting
from pbc_sim.world.terms import WorldTerms
from pbc_sim.world.uncertain import UncertainTerms, problem_of, put

__all__ = [
    "BEST",
    "DesignTerms",
    "Drawn",
    "OutsideOption",
    "Scenario",
    "SupplierType",
    "Wishes",
    "json_schema",
    "load_scenario",
    "parse_contract",
    "parse_scenario",
    "save_scenario",
    "to_yaml",
]

#: In the place of a plan's name: the plan that is best for the supplier under each contract.
BEST = "best"

Section = TypeVar("Section", bound=Written)

MOST_BYTES = 2**20
#: Order lines of one replication, and of a whole study, that are simulated without more ado.
MOST_LINES_PER_REPLICATION = 1e6
MOST_LINES_PER_STUDY = 1e9
#: Each unit bought has its own luck, which takes memory.
MOST_UNITS_PER_REPLICATION = 1e7


class Drawn(NamedTuple):
    """What holds in one replication: the world laid out for simulation, and the cost rates."""

    setting: Setting
    costs: CostTerms


class Scenario(Written):
    """One story: world, supplier plans, costs, candidate contracts.

    Parameters
    ----------
    title : str
        What it is.
    source : str
        Where it comes from.
    description : str
        What is assumed.
    currency : str
        ISO 4217 code of every amount.
    world : WorldTerms
        What neither party decides.
    plans : mapping of str to SupplierPlan
        The supplier's menu.
    costs : CostTerms
        Cost rates of both parties.
    contracts : mapping of str to Contract
        The candidates.
    baseline : str, optional
        The contract that others are compared with; the first where empty.
    outside_option : OutsideOption
        When the supplier walks away.
    budget : float, optional
        What the buyer can spend over the term. [currency]
    published : mapping, optional
        Results reported for the real case, printed beside the simulated ones.
    suppliers : mapping of str to SupplierType
        Kinds of suppliers that the buyer may face; the usual one alone, which counts expected
        profit, where empty.
    uncertain : UncertainTerms, optional
        Parameters of the world and cost rates that have a distribution instead of a value.
    design : DesignTerms, optional
        Which numbers of a contract are open, and what is wanted of them: `pbc-sim design` asks it.
    """

    title: Wording
    source: Wording = ""
    description: Wording = ""
    currency: CurrencyCode = "EUR"
    world: WorldTerms
    plans: Annotated[Mapping[Name, SupplierPlan], Field(min_length=1, max_length=10_000)]
    costs: CostTerms = CostTerms()
    contracts: Mapping[Name, Contract] = {}
    baseline: str | None = None
    outside_option: OutsideOption = OutsideOption()
    budget: Money | None = None
    published: Published | None = None
    suppliers: Mapping[Name, SupplierType] = {}
    uncertain: UncertainTerms | None = None
    design: DesignTerms | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Scenario:
        for name, plan in self.plans.items():
            if name == BEST:
                text = _("'{best}' means the supplier's best response; give the plan another name")
                shown = {"best": BEST, "field": f"plans.{name}"}
                raise PydanticCustomError("reserved", text, shown)
            self._accepts(f"plans.{name}", plan.problem_in(self.world))
        for name, contract in self.contracts.items():
            self._accepts(f"contracts.{name}", contract.problem_in(self.world, self.plans))
        named = {"baseline": self.baseline}
        if self.published:
            named |= {"published.before": self.published.before}
            named |= {"published.after": self.published.after}
        for field, named_contract in named.items():
            if named_contract is not None and named_contract not in self.contracts:
                message = unknown_name("contract", named_contract, self.contracts)
                raise PydanticCustomError("unknown_value", "{m}", {"m": message, "field": field})
        if self.published:
            report = self.published
            shared = set(self.contracts[report.before].kpis) & set(
                self.contracts[report.after].kpis
            )
            for n, row in enumerate(report.rows):
                if row.kpi != "buyer_cost" and row.kpi not in shared:
                    message = unknown_name("KPI of both contracts", row.kpi, shared)
                    shown = {"m": message, "field": f"published.rows.{n}.kpi"}
                    raise PydanticCustomError("unknown_value", "{m}", shown)
        problem = self.design and self.design.problem_in(
            self.contracts, self.budget, self.plans, self.suppliers
        )
        if problem:
            raise PydanticCustomError("does_not_fit", "{m}", dict(problem))
        return self

    @staticmethod
    def _accepts(section: str, problem: tuple[str, str] | None) -> None:
        if problem:
            field, message = problem
            shown = {"m": message, "field": f"{section}.{field}"}
            raise PydanticCustomError("does_not_fit", "{m}", shown)

    @model_validator(mode="after")
    def _has_parameters_that_fit(self) -> Scenario:
        if self.uncertain:
            sections = {"world": self.world, "costs": self.costs}
            problem = problem_of(self.uncertain, sections)
            if problem:
                (field, path), message = problem
                # A path has dots of its own, so it is the key and no place in a place.
                shown = {"m": f"{path}: {message}", "field": f"uncertain.{field}", "key": path}
                raise PydanticCustomError("uncertain", "{m}", shown)
        return self

    @cached_property
    def setting(self) -> Setting:
        """The world, laid out for simulation."""
        return Setting.of(self.world)

    @cached_property
    def _plain(self) -> dict[str, Any]:
        return {"world": self.world.model_dump(), "costs": self.costs.model_dump()}

    def drawn(self, seed: int, replication: int) -> Drawn:
        """Return what holds in one replication: with its own values of what is uncertain.

        Raises
        ------
        PbcError
            If a value that was drawn cannot stand in its place.
        """
        if self.uncertain is None:
            return Drawn(self.setting, self.costs)
        plain = self._plain
        for path, value in self.uncertain.values(seed, replication).items():
            plain = put(plain, path, value)
        world = WorldTerms.model_validate(plain["world"])
        return Drawn(self.setting.turning_out(world), CostTerms.model_validate(plain["costs"]))

    @property
    def baseline_name(self) -> str | None:
        """The contract that others are compared with."""
        return self.baseline or next(iter(self.contracts), None)

    def require_plan(self, name: str, *, or_best: bool = False) -> None:
        """Raise `PbcError` with the nearest name unless there is such a plan."""
        if name not in self.plans and not (or_best and name == BEST):
            known = [*self.plans, BEST] if or_best else self.plans
            raise PbcError(unknown_name("plan", name, known))

    def require_contract(self, name: str) -> Contract:
        """Return a contract; raise `PbcError` with the nearest name unless there is one."""
        if name not in self.contracts:
            raise PbcError(unknown_name("contract", name, self.contracts))
        return self.contracts[name]

    def check_size(self, replications: int = 1, plans: int | None = None) -> None:
        """Refuse a study that is too large, before anything runs.

        Raises
        ------
        PbcError
            With the expected number of order lines and the way out.
        """
        setting = self.setting
        lines, plans = setting.expected_lines, plans or len(self.plans)
        _refuse(
            lines,
            MOST_LINES_PER_REPLICATION,
            noted("order lines in one replication"),
            noted("lower orders_per_business_day or the horizon"),
        )
        bought = float(setting.daily_demand.sum()) * setting.ends
        stocked = max(
            sum(policy.opening_stock() for policy in plan.policies(setting))
            for plan in self.plans.values()
        )
        _refuse(
            bought + stocked,
            MOST_UNITS_PER_REPLICATION,
            noted("units in one replication"),
            noted(
                "lower the quantities, or the stock levels of the plans, or count in larger units"
            ),
        )
        reviews = max(plan.reviews_per_day(setting) for plan in self.plans.values()) * setting.ends
        _refuse(
            reviews,
            MOST_LINES_PER_REPLICATION,
            noted("stock reviews in one replication"),
            noted("lengthen the review_days of the plans, or shorten the horizon"),
        )
        calls = max(plan.expected_technical_calls(setting) for plan in self.plans.values())
        _refuse(
            calls,
            MOST_LINES_PER_REPLICATION,
            noted("failures, drifts and preventive visits in one replication"),
            noted("lengthen hours_to_failure, drifts_after or preventive_every_days"),
        )
        _refuse(
            lines * replications * plans,
            MOST_LINES_PER_STUDY,
            noted("order lines in the study"),
            noted("lower replications or the number of plans"),
        )


def _refuse(expected: float, most: float, what: str, way_out: str) -> None:
    if expected > most:
        text = _("about {expected} {what}, more than {most}; {way_out}.")
        shown = {"what": _(what), "way_out": _(way_out)}
        raise PbcError(text.format(expected=f"{expected:.3g}", most=f"{most:g}", **shown))


def load_scenario(path: str | Path) -> Scenario:
    """Read a scenario file.

    Parameters
    ----------
    path : str or Path
        A YAML 1.2 file of at most 1 MiB.

    Raises
    ------
    ScenarioError
        One sentence that begins with file and line.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            too_large = _("the file is larger than 1 MiB; is it a scenario?")
            raise ScenarioError(f"{path}: {too_large}")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        reason = reason_of(error, "cannot be read")
        problem = _("{reason}; give the path of a scenario file.").format(reason=reason)
        raise ScenarioError(f"{path}: {problem}") from None
    except UnicodeDecodeError:
        problem = _("the file is not UTF-8 text; save it as UTF-8.")
        raise ScenarioError(f"{path}: {problem}") from None
    return parse_scenario(text, name=str(path))


def parse_scenario(text: str, name: str = "scenario") -> Scenario:
    """Read a scenario from text; `name` stands for the file in messages."""
    scenario, place = _validated(Scenario, text, name)
    try:
        scenario.check_size()
    except PbcError as error:
        raise ScenarioError(f"{place.of(('world', 'demand'))}: {error}") from None
    for contract_name, contract in scenario.contracts.items():
        try:
            ReviewPeriods.of(scenario.setting, contract.term.review, contract.term.months)
        except PbcError as error:
            where = place.of(("contracts", contract_name, "term"))
            raise ScenarioError(f"{where}: {error}") from None
    return scenario


def parse_contract(text: str, name: str = "contract") -> Contract:
    """Read a single contract from YAML text, as `to_yaml` writes it.

    Parameters
    ----------
    text : str
        One contract section.
    name : str
        What stands for the file in messages.

    Raises
    ------
    ScenarioError
        One sentence that begins with name and line.

    Examples
    --------
    >>> parse_contract("{title: Fee, payment: {fixed_fee: {per_period: 1500}}}").title
    'Fee'
    """
    return _validated(Contract, text, name)[0]


def _validated(kind: type[Section], text: str, name: str) -> tuple[Section, Places]:
    """Return the section that a text writes, and where its values stand."""
    root = composed(text, name)
    place, plain = Places(name, root), built(root, name)
    if kind is Scenario:
        _require_no_contract(plain, name)
    try:
        return kind.model_validate(plain), place
    except WrittenError as error:
        raise ScenarioError(f"{place.of(error.path)}: {error}") from None


def _require_no_contract(plain: Mapping[str, Any], name: str) -> None:
    if "payment" in plain and "world" not in plain:
        words = _(
            "this is a contract and no scenario; put it into the file of one, with a name of its "
            "own below 'contracts:'."
        )
        raise ScenarioError(f"{name}:1: {words}")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the scenario language, for completion in editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Scenario.model_json_schema(),
        "title": "pbc_sim scenario",
    }

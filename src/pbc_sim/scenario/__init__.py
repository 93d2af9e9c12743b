"""Which story is told: the scenario file, read, checked and located.

Lives here: the scenario language's top level, the only use of the YAML library, error messages
with file and line, limits on what is read and run. May not live here: sections of the language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from pbc_sim.contract.terms import Contract
from pbc_sim.errors import PbcError, ScenarioError, unknown_name
from pbc_sim.inputs import (
    CurrencyCode,
    Money,
    Name,
    Wording,
    Written,
    WrittenError,
    printable,
)
from pbc_sim.language import translated as _
from pbc_sim.language import unknown_said
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.performance.costs import CostTerms
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.scenario.design import DesignTerms, Wishes
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
MOST_NODES = 50_000
MOST_DEPTH = 32
SCALARS = YAML(typ="safe", pure=True).constructor
PLAIN_TAGS = {
    f"tag:yaml.org,2002:{kind}"
    for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")
}
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
                text = "'{best}' means the supplier's best response; give the plan another name"
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
        problem = self.design and self.design.problem_in(self.contracts, self.budget, self.plans)
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
            raise PbcError(unknown_said("plan", name, known))

    def require_contract(self, name: str) -> Contract:
        """Return a contract; raise `PbcError` with the nearest name unless there is one."""
        if name not in self.contracts:
            raise PbcError(unknown_said("contract", name, self.contracts))
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
            _("order lines in one replication"),
            _("lower orders_per_business_day or the horizon"),
        )
        bought = float(setting.daily_demand.sum()) * setting.ends
        stocked = max(
            sum(policy.opening_stock() for policy in plan.policies(setting))
            for plan in self.plans.values()
        )
        _refuse(
            bought + stocked,
            MOST_UNITS_PER_REPLICATION,
            _("units in one replication"),
            _("lower the quantities, or the stock levels of the plans, or count in larger units"),
        )
        reviews = max(plan.reviews_per_day(setting) for plan in self.plans.values()) * setting.ends
        _refuse(
            reviews,
            MOST_LINES_PER_REPLICATION,
            _("stock reviews in one replication"),
            _("lengthen the review_days of the plans, or shorten the horizon"),
        )
        calls = max(plan.expected_technical_calls(setting) for plan in self.plans.values())
        _refuse(
            calls,
            MOST_LINES_PER_REPLICATION,
            _("failures, drifts and preventive visits in one replication"),
            _("lengthen hours_to_failure, drifts_after or preventive_every_days"),
        )
        _refuse(
            lines * replications * plans,
            MOST_LINES_PER_STUDY,
            _("order lines in the study"),
            _("lower replications or the number of plans"),
        )


def _refuse(expected: float, most: float, what: str, way_out: str) -> None:
    if expected > most:
        words = _("about {expected:.3g} {what}, more than {most:g}; {way_out}.")
        raise PbcError(words.format(expected=expected, what=what, most=most, way_out=way_out))


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
            raise ScenarioError(f"{path}: the file is larger than 1 MiB; is it a scenario?")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise ScenarioError(f"{path}: {reason}; give the path of a scenario file.") from None
    except UnicodeDecodeError:
        raise ScenarioError(f"{path}: the file is not UTF-8 text; save it as UTF-8.") from None
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


def _validated(kind: type[Section], text: str, name: str) -> tuple[Section, _Places]:
    """Return the section that a text writes, and where its values stand."""
    root = _composed(text, name)
    place = _Places(name, root)
    try:
        return kind.model_validate(_built(root, name)), place
    except WrittenError as error:
        raise ScenarioError(f"{place.of(error.path)}: {error}") from None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the scenario language, for completion in editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Scenario.model_json_schema(),
        "title": "pbc_sim scenario",
    }


def _composed(text: str, name: str) -> Node:
    """Return the node tree, after refusing anchors, and trees too large or too deep to walk."""
    depth = nodes = 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            line = event.start_mark.line + 1
            if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
                raise ScenarioError(
                    f"{name}:{line}: anchors and aliases are not allowed; write the values again."
                )
            nodes += isinstance(event, NodeEvent)
            depth += isinstance(event, CollectionStartEvent)
            depth -= isinstance(event, CollectionEndEvent)
            if nodes > MOST_NODES:
                raise ScenarioError(
                    f"{name}:{line}: more than {MOST_NODES} values; split the scenario."
                )
            if depth > MOST_DEPTH:
                raise ScenarioError(
                    f"{name}:{line}: more than {MOST_DEPTH} levels of nesting; write it flatter."
                )
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise ScenarioError(_yaml_message(error, name)) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ScenarioError(
            f"{name}:{line}: character {error.character!r} is not allowed in YAML; remove it."
        ) from None
    if not isinstance(node, MappingNode):
        got = "a list" if isinstance(node, SequenceNode) else "nothing or a single value"
        raise ScenarioError(
            f"{name}:1: must be a mapping of sections, as title, and not {got}; see scenarios/."
        )
    return node


#: What a person can do about the parser's words.
YAML_HINTS = {
    "could not find expected ':'": "write a space after each colon, 'key: value'",
    "mapping values are not allowed": "check the indentation and put text with a colon in quotes",
    "another document": "one file holds one scenario, so remove the line '---'",
    "expected <block end>": "check the indentation",
    "found character '\\t'": "indent with spaces",
}


def _yaml_message(error: MarkedYAMLError, name: str) -> str:
    mark = error.problem_mark or error.context_mark
    problem = " ".join((error.problem or "not valid YAML").split())
    begun = ""
    if error.context and error.context_mark and mark is not error.context_mark:
        begun = f" ({' '.join(error.context.split())} that begins in line "
        begun += f"{error.context_mark.line + 1})"
    hint = next((f"; {way_out}" for words, way_out in YAML_HINTS.items() if words in problem), "")
    return f"{name}:{mark.line + 1 if mark else 1}: {problem}{begun}{hint}."


def _built(node: Node, name: str) -> Any:
    """Return the plain value of a node: no tags, no merge keys, no key twice."""
    if node.tag not in PLAIN_TAGS:
        where = f"{name}:{node.start_mark.line + 1}"
        raise ScenarioError(f"{where}: tags are not allowed, got {printable(node.tag)}; remove it.")
    if isinstance(node, SequenceNode):
        return [_built(item, name) for item in node.value]
    if not isinstance(node, MappingNode):
        return _scalar(node, name)
    section: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            raise ScenarioError(f"{name}:{line}: a key must be a single word or number.")
        key = key_node.value if key_node.value == "<<" else _scalar(key_node, name)
        if key in section:
            raise ScenarioError(
                f"{name}:{line}: duplicate key '{printable(key)}'; keep one of them."
            )
        section[key] = _built(value_node, name)
    return section


def _scalar(node: Node, name: str) -> Any:
    where = f"{name}:{node.start_mark.line + 1}"
    try:
        return SCALARS.construct_object(node)
    except (YAMLError, ValueError, OverflowError):
        shown = printable(node.value)[:40]
        raise ScenarioError(f"{where}: '{shown}' is no number or date that exists.") from None


@dataclass(frozen=True)
class _Places:
    """Where each value stands in the file."""

    name: str
    root: Node

    def of(self, path: tuple[Any, ...]) -> str:
        """Return file and line of a path, or of the nearest section around it that is written."""
        node, line = self.root, self.root.start_mark.line
        for step in path:
            found = self._child(node, step)
            if found is None:
                continue
            key, node = found
            line = key.start_mark.line
        return f"{self.name}:{line + 1}"

    @staticmethod
    def _child(node: Node, step: Any) -> tuple[Node, Node] | None:
        if isinstance(node, MappingNode):
            return next((pair for pair in node.value if pair[0].value == str(step)), None)
        if isinstance(node, SequenceNode) and str(step).isdigit() and int(step) < len(node.value):
            item = node.value[int(step)]
            return item, item
        return None

"""Which story is told: the scenario file, read, checked and located.

Lives here: the scenario language's top level, the only use of the YAML library, error messages
with file and line, limits on what is read and run. May not live here: sections of the language.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from pbc_sim.contract.terms import Contract
from pbc_sim.errors import PbcError, ScenarioError, unknown_name
from pbc_sim.inputs import Listed, Money, Name, Text, Written
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.performance.costs import CostTerms
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.world.setting import Setting
from pbc_sim.world.terms import WorldTerms

__all__ = ["OutsideOption", "Scenario", "json_schema", "load_scenario", "parse_scenario"]

MOST_BYTES = 2**20
MOST_NODES = 50_000
MOST_DEPTH = 32
#: Order lines of one replication, and of a whole study, that are simulated without more ado.
MOST_LINES_PER_REPLICATION = 1e6
MOST_LINES_PER_STUDY = 1e9


class OutsideOption(Written):
    """What the supplier earns without this contract: below it, it walks away [currency]."""

    supplier_profit: Money = 0.0


class PublishedRow(Written):
    """A reported figure before and after.

    Parameters
    ----------
    label : str
        What it is.
    kpi : str
        KPI of both contracts, or "buyer_cost" for the change of the buyer's total cost.
    before, after : float, optional
        Reported values in the unit of the KPI; for costs, the change relative to before. [1]
    before_is, after_is : str
        Whether the simulated value was calibrated to the report, or came out.
    """

    label: Text
    kpi: str
    before: Money | None = None
    after: Money
    before_is: Literal["calibrated", "came out"] = "calibrated"
    after_is: Literal["calibrated", "came out"] = "came out"


class Published(Written):
    """What was reported of the real case, to be printed beside the simulated results.

    Parameters
    ----------
    source : str
        Where it was reported.
    before, after : str
        Contracts that stand for the time before and after.
    rows : tuple of PublishedRow
        The reported figures.
    """

    source: Text
    before: str
    after: str
    rows: Annotated[tuple[PublishedRow, ...], Listed, Field(max_length=50)]


class Scenario(Written):
    """One story: world, supplier plans, costs, candidate contracts.

    Parameters
    ----------
    title, source, description : str
        What it is, where it comes from, what is assumed.
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
    """

    title: Text
    source: Text = ""
    description: Text = ""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    world: WorldTerms
    plans: Annotated[Mapping[Name, SupplierPlan], Field(min_length=1, max_length=10_000)]
    costs: CostTerms = CostTerms()
    contracts: Mapping[Name, Contract] = {}
    baseline: str | None = None
    outside_option: OutsideOption = OutsideOption()
    budget: Money | None = None
    published: Published | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Scenario:
        for name, plan in self.plans.items():
            for item in plan.items:
                if item not in self.world.items:
                    message = unknown_name("item", item, self.world.items)
                    shown = {"m": message, "field": f"plans.{name}.items.{item}"}
                    raise PydanticCustomError("unknown_value", "{m}", shown)
        if self.baseline is not None and self.baseline not in self.contracts:
            message = unknown_name("contract", self.baseline, self.contracts)
            raise PydanticCustomError("unknown_value", "{m}", {"m": message, "field": "baseline"})
        return self

    @cached_property
    def setting(self) -> Setting:
        """The world, laid out for simulation."""
        return Setting.of(self.world)

    @property
    def baseline_name(self) -> str | None:
        """The contract that others are compared with."""
        return self.baseline or next(iter(self.contracts), None)

    def check_size(self, replications: int = 1, plans: int | None = None) -> None:
        """Refuse a study that is too large, before anything runs.

        Raises
        ------
        PbcError
            With the expected number of order lines and the way out.
        """
        lines = self.setting.expected_lines
        study = lines * replications * (plans or len(self.plans))
        if lines > MOST_LINES_PER_REPLICATION:
            raise PbcError(
                f"one replication would have about {lines:.3g} order lines, more than "
                f"{MOST_LINES_PER_REPLICATION:g}; lower orders_per_business_day or the horizon."
            )
        if study > MOST_LINES_PER_STUDY:
            raise PbcError(
                f"the study would have about {study:.3g} order lines, more than "
                f"{MOST_LINES_PER_STUDY:g}; lower replications or the number of plans."
            )

    def fingerprint(self) -> str:
        """Return a short hash of the world, plans and costs, which decide what is simulated."""
        parts = {"world": self.world, "plans": dict(self.plans), "costs": self.costs}
        text = json.dumps({k: repr(v) for k, v in parts.items()}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


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
    place = _Places(name, _composed(text, name))
    try:
        data = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        raise ScenarioError(_yaml_message(error, name)) from None
    except (YAMLError, ValueError, OverflowError) as error:
        raise ScenarioError(f"{name}: {str(error).splitlines()[0]}.") from None
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        raise ScenarioError(place.message(error)) from None
    except PbcError as error:
        raise ScenarioError(f"{name}: {error}") from None
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
            if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
                line = event.start_mark.line + 1
                raise ScenarioError(
                    f"{name}:{line}: anchors and aliases are not allowed; repeat it."
                )
            nodes += isinstance(event, NodeEvent)
            depth += isinstance(event, CollectionStartEvent)
            depth -= isinstance(event, CollectionEndEvent)
            if depth > MOST_DEPTH or nodes > MOST_NODES:
                line = event.start_mark.line + 1
                raise ScenarioError(
                    f"{name}:{line}: more than {MOST_NODES} values or {MOST_DEPTH} levels."
                )
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise ScenarioError(_yaml_message(error, name)) from None
    except YAMLError as error:
        raise ScenarioError(f"{name}: {str(error).splitlines()[0]}.") from None
    if not isinstance(node, MappingNode):
        raise ScenarioError(f"{name}:1: a scenario is a mapping with title, world and plans.")
    return node


def _yaml_message(error: MarkedYAMLError, name: str) -> str:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    return f"{name}:{line}: {(error.problem or 'not valid YAML').strip()}."


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

    def message(self, error: ValidationError) -> str:
        """Return one sentence for the first rule that the scenario breaks."""
        first = error.errors()[0]
        path, context = first["loc"], first.get("ctx", {})
        extra = [context.get("key"), *str(context.get("field", "")).split(".")]
        where = self.of((*path, *(step for step in extra if step)))
        words = ".".join(str(step) for step in path) or "the scenario"
        more = len(error.errors()) - 1
        others = f" ({more} more after it.)" if more else ""
        return f"{where}: {words}: {_sentence(first)}{others}"


def _sentence(error: Mapping[str, Any]) -> str:
    message = str(error["msg"])
    if error["type"] == "missing":
        message = "is missing; add it"
    elif error["type"].startswith(("string_", "literal_", "date_", "bool_", "mapping", "dict")):
        shown = repr(error["input"])
        message = f"{message[0].lower()}{message[1:]}, got {shown[:40]}"
    return message if message.endswith((".", "?")) else f"{message}."

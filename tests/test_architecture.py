"""The laws of DESIGN.md, read off the source: imports look down, one gatekeeper each, plain names.

Each law is a small function from a module to its breaches. It is tried twice: on the package, where
it must find nothing, and on a made-up bad module, where it must find something.
"""

import ast
import graphlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

PACKAGE = "pbc_sim"
SOURCE = Path(__file__).resolve().parents[1] / "src" / PACKAGE

BOTTOM = ("speech", "errors", "catalogue", "inputs", "language", "figures", "printed")
STAGES = (
    *("world", "operations", "performance", "contract", "scenario"),
    *("decision", "history", "show", "cli"),
)
HEIGHT = dict.fromkeys(BOTTOM, 0) | {stage: n for n, stage in enumerate(STAGES, start=1)}
# `python -m pbc_sim` starts the command line.
HEIGHT["__main__"] = HEIGHT["cli"] + 1

#: Where threads run what is compiled and holds no lock; processes have the one gatekeeper.
THREADS = "contract.kernel.threads"
GATEKEEPERS = {
    "simpy": "operations.model",
    "numba": "operations.kernel",
    "ruamel": "scenario",
    "matplotlib": "show.plots",
    "ipywidgets": "show.apps",
    "anywidget": "show.apps",
    "concurrent": "decision.experiment",
    "multiprocessing": "decision.experiment",
    "dask": "decision.experiment",
    "distributed": "decision.experiment",
    "joblib": "decision.experiment",
    "holidays": "world.calendar",
    "docx": "show.paper.pages",
    "jinja2": "show.paper.pages",
}
NOWHERE = {
    "pickle": "it runs what it reads",
    "dill": "it runs what it reads",
    "cloudpickle": "it runs what it reads",
    "shelve": "it runs what it reads",
    "random": "draws come from numpy generators keyed by seed and replication",
    "yaml": "ruamel.yaml reads YAML 1.2 and refuses duplicate keys",
}
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
MOST_LINES = 500


@dataclass(frozen=True)
class Module:
    """One source file; `name` is relative to the package: `world.calendar`, "" for the top."""

    name: str
    source: str
    is_folder: bool = False

    def __str__(self) -> str:
        return f"{PACKAGE}.{self.name}".rstrip(".")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def is_cli(self) -> bool:
        return belongs_to(self.name, "cli")

    @property
    def stage(self) -> str:
        return self.name.partition(".")[0]


def belongs_to(name: str, owner: str) -> bool:
    """Whether a module is the owner, or lies in the folder that the owner grew into."""
    return name == owner or name.startswith(owner + ".")


def package_modules() -> list[Module]:
    modules = []
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        is_folder = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_folder else parts)
        modules.append(Module(name, path.read_text(encoding="utf-8"), is_folder))
    return modules


def absolute(module: Module, node: ast.ImportFrom) -> str:
    """Return the dotted name that `from ... import` starts from."""
    if not node.level:
        return node.module or ""
    here = [PACKAGE, *module.name.split(".")] if module.name else [PACKAGE]
    climbs = node.level - (1 if module.is_folder else 0)
    start = here[: len(here) - climbs]
    return ".".join([*start, node.module] if node.module else start)


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of each import, late ones and those for type checking too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = absolute(module, node)
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def own_imports(module: Module) -> Iterator[tuple[int, str]]:
    """Yield the imports from the package itself, named relative to it."""
    for line, name in imports(module):
        head, _, rest = name.partition(".")
        if head == PACKAGE:
            yield line, rest


def dotted(node: ast.expr) -> str:
    """Return `np.random.seed` for the expression that says so, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def calls(module: Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


# --- the laws


def imports_look_down(module: Module) -> list[str]:
    if not module.name:
        return []
    if module.stage not in HEIGHT:
        return [f"{module} has no place in the order {' < '.join(STAGES)}"]
    breaches = []
    for line, name in own_imports(module):
        target = name.partition(".")[0]
        if target not in HEIGHT:
            # Names re-exported at the top come from every stage, so from anywhere they look up.
            breaches.append(f"{module}:{line} imports {target or '*'!r} from {PACKAGE} itself")
        elif HEIGHT[target] > HEIGHT[module.stage]:
            breaches.append(f"{module}:{line} looks up to {name}")
    return breaches


def gatekeepers_only(module: Module) -> list[str]:
    return [
        f"{module}:{line} imports {library}, which only {GATEKEEPERS[library]} may"
        for line, name in imports(module)
        if (library := name.partition(".")[0]) in GATEKEEPERS
        and not belongs_to(module.name, GATEKEEPERS[library])
        and (name, module.name) != ("concurrent.futures.ThreadPoolExecutor", THREADS)
    ]


def no_banned_imports(module: Module) -> list[str]:
    return [
        f"{module}:{line} imports {library}: {NOWHERE[library]}"
        for line, name in imports(module)
        if (library := name.partition(".")[0]) in NOWHERE
    ]


def opens_with_its_question(module: Module) -> list[str]:
    docstring = ast.get_docstring(module.tree, clean=False) or ""
    first = docstring.partition("\n")[0]
    breaches = []
    if not first.endswith((".", "?")):
        breaches.append(f"{module}: the docstring's first line is no sentence: {first!r}")
    if "Lives here" not in docstring:
        breaches.append(f"{module}: the docstring does not say what 'Lives here'")
    return breaches


def plainly_named(module: Module) -> list[str]:
    return [
        f"{module}: {part!r} does not say what lives there"
        for part in module.name.split(".")
        if part.strip("_") in SAYS_NOTHING
    ]


def short_enough(module: Module) -> list[str]:
    lines = len(module.source.splitlines())
    return [f"{module} has {lines} lines"] if lines > MOST_LINES else []


def runs_no_text(module: Module) -> list[str]:
    return [
        f"{module}:{call.lineno} calls {call.func.id}"
        for call in calls(module)
        if isinstance(call.func, ast.Name) and call.func.id in {"eval", "exec"}
    ]


def swallows_nothing(module: Module) -> list[str]:
    return [
        f"{module}:{node.lineno} catches everything with a bare except"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]


def checks_that_stay(module: Module) -> list[str]:
    return [
        f"{module}:{node.lineno} asserts, which `python -O` removes; raise an error"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assert)
    ]


def prints_nothing(module: Module) -> list[str]:
    return [
        f"{module}:{call.lineno} prints"
        for call in calls(module)
        if dotted(call.func) == "print" and not module.is_cli
    ]


def draws_are_keyed(module: Module) -> list[str]:
    breaches = []
    for call in calls(module):
        name = dotted(call.func)
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        seeded = any(
            not (isinstance(argument, ast.Constant) and argument.value is None)
            for argument in arguments
        )
        if name.endswith("random.seed"):
            breaches.append(f"{module}:{call.lineno} seeds numpy's global state")
        elif name.rpartition(".")[2] in {"default_rng", "SeedSequence"} and not seeded:
            breaches.append(f"{module}:{call.lineno} draws from an unrepeatable seed")
    return breaches


def import_cycle(modules: list[Module]) -> list[str]:
    """Return the modules of one circle of imports, or nothing. The top level may import all."""
    known = {module.name for module in modules if module.name}

    def target(name: str) -> str:
        # `from world.draws import Draws` names something inside the module `world.draws`.
        while name and name not in known:
            name = name.rpartition(".")[0]
        return name

    graph = {
        module.name: {target(name) for _, name in own_imports(module)} - {"", module.name}
        for module in modules
        if module.name
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


LAWS_AND_BREACHES: list[tuple[Callable[[Module], list[str]], Module]] = [
    (imports_look_down, Module("world.draws", "from pbc_sim.contract.settle import settle")),
    (imports_look_down, Module("world.draws", "from ..contract import settle")),
    (imports_look_down, Module("world", "from .. import cli", is_folder=True)),
    (imports_look_down, Module("world.draws", "def late():\n    import pbc_sim.show.plots")),
    (imports_look_down, Module("errors", "from pbc_sim import world")),
    (imports_look_down, Module("world.draws", "from pbc_sim import load_scenario")),
    (imports_look_down, Module("world.draws", "import pbc_sim")),
    (imports_look_down, Module("scenario", "from pbc_sim import *")),
    (imports_look_down, Module("elsewhere", "")),
    (gatekeepers_only, Module("world.demand", "import simpy")),
    (gatekeepers_only, Module("operations.kernels", "from numba import njit")),
    (gatekeepers_only, Module("contract.terms", "from ruamel.yaml import YAML")),
    (gatekeepers_only, Module("show.report", "import matplotlib.pyplot as plt")),
    (gatekeepers_only, Module("show.plots", "def f():\n    import ipywidgets")),
    (gatekeepers_only, Module("decision.risk", "from concurrent.futures import Executor")),
    (gatekeepers_only, Module(THREADS, "from concurrent.futures import ProcessPoolExecutor")),
    (gatekeepers_only, Module("operations.calendar", "import holidays")),
    (gatekeepers_only, Module("contract.text", "import docx")),
    (no_banned_imports, Module("decision.study", "import pickle")),
    (no_banned_imports, Module("world.draws", "from random import choice")),
    (no_banned_imports, Module("scenario", "import yaml")),
    (opens_with_its_question, Module("world.draws", "import numpy")),
    (opens_with_its_question, Module("world.draws", '"""\n\nLives here: draws.\n"""')),
    (opens_with_its_question, Module("world.draws", '"""What is drawn\n\nLives here: x."""')),
    (opens_with_its_question, Module("world.draws", '"""What is drawn?."""')),
    (plainly_named, Module("world.utils", "")),
    (plainly_named, Module("common.draws", "")),
    (plainly_named, Module("world._base", "")),
    (short_enough, Module("world.draws", "x = 1\n" * (MOST_LINES + 1))),
    (runs_no_text, Module("scenario", "eval('1')")),
    (runs_no_text, Module("scenario", "def f(text):\n    exec(text)")),
    (swallows_nothing, Module("scenario", "try:\n    f()\nexcept:\n    pass")),
    (checks_that_stay, Module("scenario", "assert x > 0")),
    (prints_nothing, Module("decision.study", "print('done')")),
    (draws_are_keyed, Module("world.draws", "np.random.seed(1)")),
    (draws_are_keyed, Module("world.draws", "numpy.random.seed(1)")),
    (draws_are_keyed, Module("world.draws", "np.random.default_rng()")),
    (draws_are_keyed, Module("world.draws", "default_rng(None)")),
    (draws_are_keyed, Module("world.draws", "default_rng(seed=None)")),
    (draws_are_keyed, Module("world.draws", "np.random.SeedSequence()")),
]
LAWS = list(dict.fromkeys(law for law, _ in LAWS_AND_BREACHES))

LAWFUL: list[Module] = [
    Module(
        "decision.experiment",
        '''"""How do all replications run, on however many cores?

Lives here: the run. Every line of this made-up module is allowed.
"""

from concurrent.futures import ProcessPoolExecutor

import numpy as np

import pbc_sim.world.draws
from pbc_sim import errors
from pbc_sim.contract.settle import settle
from . import risk

rng = np.random.default_rng(seed)
child = np.random.SeedSequence(seed, spawn_key=(1, 2))
model.eval(pattern)
''',
    ),
    Module("", '"""What is offered?"""\nfrom pbc_sim.cli import main\n', is_folder=True),
    Module("cli", "from pbc_sim.show import plots\nprint('a table')"),
    Module("show.apps.settlement", "import ipywidgets"),
    Module("show.apps", "import anywidget", is_folder=True),
    Module("world.database", "import holidays_of_ours\nfrom .calendar import Calendar"),
]


def law_name(case: object) -> str | None:
    return getattr(case, "__name__", None) or getattr(case, "name", None)


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    return package_modules()


def test_the_package_has_modules_to_judge(modules):
    assert {"", "world"} <= {module.name for module in modules}


@pytest.mark.parametrize("law", LAWS, ids=law_name)
def test_package_keeps_the_law(law, modules):
    assert [breach for module in modules for breach in law(module)] == []


def test_package_has_no_import_cycle(modules):
    assert import_cycle(modules) == []


@pytest.mark.parametrize(("law", "module"), LAWS_AND_BREACHES, ids=law_name)
def test_law_sees_a_breach(law, module):
    assert law(module)


@pytest.mark.parametrize("law", [law for law in LAWS if law is not opens_with_its_question])
@pytest.mark.parametrize("module", LAWFUL, ids=law_name)
def test_law_lets_sound_code_pass(law, module):
    assert law(module) == []


def test_a_module_that_says_its_question_passes():
    assert opens_with_its_question(Module("a", '"""What is b.\n\nLives here: c."""')) == []


def test_an_import_cycle_is_seen():
    circle = [
        Module("world.a", "from .b import thing"),
        Module("world.b", "from pbc_sim.world import c"),
        Module("world.c", "def late():\n    import pbc_sim.world.a"),
    ]

    assert set(import_cycle(circle)) == {"world.a", "world.b", "world.c"}


def test_a_cycle_through_the_folder_itself_is_seen():
    circle = [
        Module("world", "from .draws import Draws", is_folder=True),
        Module("world.draws", "from . import World"),
    ]

    assert set(import_cycle(circle)) == {"world", "world.draws"}


def test_a_chain_of_imports_is_no_cycle():
    chain = [
        Module("", "from .world import World", is_folder=True),
        Module("world", "from .draws import Draws", is_folder=True),
        Module("world.draws", "from pbc_sim.world import calendar\nfrom pbc_sim import errors"),
        Module("world.calendar", ""),
        Module("errors", ""),
    ]

    assert import_cycle(chain) == []


#: A rule that is set aside for a line, and what stands after it.
SET_ASIDE = re.compile(r"# (?:noqa: \w+|type: ignore\[[\w-]+\])(?P<reason>.*)")
REASON = re.compile(r"(?: -|  #) \w.+")


def _without_reason(text: str) -> list[str]:
    found = SET_ASIDE.finditer(text)
    return [line[0] for line in found if not REASON.fullmatch(line["reason"])]


@pytest.mark.parametrize("folder", ["src", "tests", "benchmarks"])
def test_a_rule_is_set_aside_with_a_reason(folder):
    root = SOURCE.parents[1] / folder
    without = {
        str(path.relative_to(root)): lines
        for path in sorted(root.rglob("*.py"))
        if path != Path(__file__) and (lines := _without_reason(path.read_text(encoding="utf-8")))
    }

    assert without == {}


def test_a_rule_that_is_set_aside_without_a_reason_is_seen():
    bare = "class a:  # noqa: N801\nx = f()  # type: ignore[misc]\n"
    assert len(_without_reason(bare)) == 2
    assert _without_reason("class a:  # noqa: N801 - read as a function\n") == []
    assert _without_reason("x = f()  # type: ignore[misc]  # numba has no types\n") == []

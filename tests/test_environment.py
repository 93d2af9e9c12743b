"""Dependencies are stated for pip, for conda and as tested versions, and the three agree."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Written with brackets, so that this file does not find itself.
FOREIGN_ADDRESSES = {
    "a registry's host": re.compile(
        r"p[y]pi\.org|p[y]thonhosted\.org|registry\.n[p]mjs|a[n]aconda\.(?:org|com)/"
        r"|conda\.a[n]aconda|repo\.a[n]aconda|d[e]b\.debian\.org|proxy\.g[o]lang"
    ),
    "an index setting": re.compile(r"(?:extra[-_])?index[-_]u[r]l|find[-_]l[i]nks", re.IGNORECASE),
    "a download address": re.compile(
        r"(?:https?|file)://\S+?\.(?:w[h]l|tar\.g[z]|tar\.b[z]2|z[i]p|c[o]nda)\b"
    ),
}


def ranges(requirements: list[str]) -> dict[str, SpecifierSet]:
    """Map each canonical name to its range of versions; extras of the project itself drop out."""
    parsed = [Requirement(text) for text in requirements]
    return {
        canonicalize_name(requirement.name): requirement.specifier
        for requirement in parsed
        if requirement.name != PROJECT["name"]
    }


def conda_ranges(environment: dict) -> dict[str, SpecifierSet]:
    names = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    others = [entry for entry in names if entry.partition(" ")[0] not in {"python", "pip"}]
    return ranges(others)


def differences(pip: dict[str, SpecifierSet], conda: dict[str, SpecifierSet]) -> list[str]:
    return [
        f"{name}: pyproject.toml says {pip.get(name)}, environment.yml says {conda.get(name)}"
        for name in sorted(pip.keys() | conda.keys())
        if pip.get(name) != conda.get(name)
    ]


def open_ends(spans: dict[str, SpecifierSet]) -> list[str]:
    def ends(span: SpecifierSet) -> set[str]:
        return {specifier.operator for specifier in span}

    return sorted(
        name
        for name, span in spans.items()
        if not (ends(span) & {">=", ">", "~="} and ends(span) & {"<", "<=", "~="})
    )


def pins(constraints: str) -> dict[str, list[Version]]:
    """Map each name to the versions pinned for it: one for each marker."""
    versions: dict[str, list[Version]] = {}
    for line in constraints.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            requirement = Requirement(line)
            (pin,) = requirement.specifier
            assert pin.operator == "==", line
            assert not requirement.extras, f"pip accepts no extras in constraints: {line}"
            versions.setdefault(canonicalize_name(requirement.name), []).append(
                Version(pin.version)
            )
    return versions


def refused_pins(spans: dict[str, SpecifierSet], pinned: dict[str, list[Version]]) -> list[str]:
    missing = [f"{name}: no tested version" for name in spans if name not in pinned]
    outside = [
        f"{name} {version} is outside {spans[name]}"
        for name in spans
        for version in pinned.get(name, [])
        if version not in spans[name]
    ]
    return missing + outside


def foreign_addresses(text: str) -> list[str]:
    return [
        f"{what}: {match.group()}"
        for what, pattern in FOREIGN_ADDRESSES.items()
        for match in pattern.finditer(text)
    ]


@pytest.fixture(scope="module")
def environment() -> dict:
    return YAML(typ="safe").load(ROOT / "environment.yml")


@pytest.fixture(scope="module")
def stated() -> dict[str, SpecifierSet]:
    extras = PROJECT["optional-dependencies"]
    return ranges(PROJECT["dependencies"] + [text for extra in extras.values() for text in extra])


def test_conda_and_pip_state_the_same_packages_and_ranges(environment):
    extras = PROJECT["optional-dependencies"]
    pip = ranges(PROJECT["dependencies"] + extras["notebook"] + extras["fast"])

    assert differences(pip, conda_ranges(environment)) == []


def test_conda_asks_for_one_python_that_pip_accepts(environment):
    python = [e for e in environment["dependencies"] if str(e).startswith("python ")]

    # Binder takes its own Python, which may be older, where it does not find this form.
    (version,) = (re.fullmatch(r"python\s*=\s*(3\.\d+)", entry).group(1) for entry in python)
    assert version in SpecifierSet(PROJECT["requires-python"])


def test_conda_installs_the_package_itself_from_the_folder(environment):
    assert {"pip": ["-e ."]} in environment["dependencies"]


def test_every_dependency_has_a_lower_and_an_upper_bound(stated):
    assert open_ends(stated) == []


def test_every_dependency_has_a_tested_version_inside_its_range(stated):
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")

    assert refused_pins(stated, pins(constraints)) == []


def test_no_committed_file_names_a_registry_or_a_download_address(committed_files):
    found = [
        f"{path.relative_to(ROOT)}: {address}"
        for path in committed_files
        for address in foreign_addresses(path.read_text(encoding="utf-8", errors="replace"))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("pip", "conda"),
    [
        (["numpy>=2,<3"], []),
        ([], ["numpy >=2,<3"]),
        (["numpy>=2,<3"], ["numpy >=2"]),
        (["numpy>=2,<3"], ["numpy"]),
    ],
)
def test_a_drift_between_conda_and_pip_is_seen(pip, conda):
    assert len(differences(ranges(pip), conda_ranges({"dependencies": conda}))) == 1


@pytest.mark.parametrize("requirement", ["numpy", "numpy>=2", "numpy<3", "numpy!=2.1"])
def test_an_open_range_is_seen(requirement):
    assert open_ends(ranges([requirement])) == ["numpy"]


@pytest.mark.parametrize(
    ("constraints", "complaint"),
    [
        ("pandas==3.1.1", "numpy: no tested version"),
        ("numpy==3.0.1", "numpy 3.0.1 is outside <3,>=2"),
        (
            "numpy==2.4 ; python_version < '3.12'\nnumpy==3.0 ; python_version >= '3.12'",
            "numpy 3.0 is outside <3,>=2",
        ),
    ],
)
def test_a_tested_version_outside_the_range_is_seen(constraints, complaint):
    assert refused_pins(ranges(["numpy>=2,<3"]), pins(constraints)) == [complaint]


@pytest.mark.parametrize(
    "text",
    [
        "see files.pythonhosted" + ".org",
        "--index-" + "url=somewhere",
        "PIP_FIND_" + "LINKS=/opt",
        "numpy @ https://example.invalid/numpy-2.0-py3-none-any." + "whl",
    ],
)
def test_an_address_in_a_file_is_seen(text):
    assert foreign_addresses(text)


def test_an_ordinary_sentence_is_no_address():
    assert (
        foreign_addresses("Install with pip from conda-forge; see https://simpy.readthedocs.io.")
        == []
    )


def test_importing_the_package_loads_none_of_its_parts():
    """Each name of the main path brings its part when it is asked for."""
    code = (
        "import sys, pbc_sim; before = set(sys.modules); pbc_sim.load_scenario;"
        "print('numpy' in before, 'pandas' in before, 'numpy' in sys.modules,"
        "all(hasattr(pbc_sim, name) for name in pbc_sim.__all__),"
        "set(pbc_sim.__all__) == {name for names in pbc_sim.PLACES.values() for name in names})"
    )

    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout

    assert told.split() == ["False", "False", "True", "True", "True"]

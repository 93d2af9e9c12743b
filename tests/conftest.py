"""What every test may ask for: the repository, the shared folder, and repeatable Hypothesis."""

import os
import re
import subprocess
from pathlib import Path

import matplotlib as mpl
import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
NEVER_COMMITTED = re.compile(
    r"(^|/)(\.git|\.venv|build|dist|__pycache__|\.\w+_cache|\.hypothesis|\.ipynb_checkpoints)/"
)

# A red run must be red again on the next machine, and a slow machine must not turn a test red.
settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("repeatable")

# What numba keeps is built.
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / "build" / "compiled"))

# No screen where the tests run.
mpl.use("Agg")


@pytest.fixture(scope="session")
def repository() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the `shared` folder beside the repository: the project's brief and reference data."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no folder `shared` beside the repository; this check needs its data")
    return folder


@pytest.fixture(scope="session")
def committed_files() -> list[Path]:
    """List the files that git has or would take; where git is absent, all but built ones."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        paths = [ROOT / name for name in listing.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        everything = (path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*"))
        paths = [ROOT / name for name in everything if not NEVER_COMMITTED.search(name)]
    return [path for path in paths if path.is_file()]

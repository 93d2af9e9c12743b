"""With which versions were numbers made?

Lives here: the packages that decide simulated numbers. May not live here: what they made.
"""

from __future__ import annotations

import platform
from importlib.metadata import version

__all__ = ["made_with"]

PACKAGES = ("pbc-sim", "simpy", "numpy", "scipy", "holidays")


def made_with() -> str:
    """Return each package that decides the simulated numbers, with its version."""
    versions = [f"{package} {version(package)}" for package in PACKAGES]
    return ", ".join([*versions, f"Python {platform.python_version()}"])

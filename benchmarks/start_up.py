"""How long does a newcomer wait: for the import, and for the first comparison?

Each figure is of fresh processes: `import pbc_sim`, and `pbc-sim compare` of the office supplies
with 200 replications, pictures included. Warm: everything that Python and Numba keep on disk is
there. Cold: Numba has kept nothing. After installing: Python has kept nothing either. Printed are
medians of the wall clock and of the CPU time of all processes, children included; on a busy machine
only the CPU time means something.

Run: python benchmarks/start_up.py [--rounds 3] [--cold-rounds 1]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

SCENARIO = Path(__file__).parents[1] / "scenarios" / "office_supplies.yaml"


def seconds(arguments: Sequence[str], python: Path, numba: Path) -> tuple[float, float]:
    """Return wall and CPU seconds of a fresh process, by where Python and Numba keep what."""
    kept = {"NUMBA_CACHE_DIR": str(numba), "PYTHONPYCACHEPREFIX": str(python)}
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | kept
    wall, before = time.perf_counter(), os.times()
    subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    after = os.times()
    cpu = after.children_user + after.children_system
    return time.perf_counter() - wall, cpu - before.children_user - before.children_system


def report(rounds: int, cold_rounds: int) -> Iterator[str]:
    """Measure and yield what to print."""
    with tempfile.TemporaryDirectory() as folder:
        output = str(Path(folder) / "output")
        program = "import sys; from pbc_sim.cli import main; sys.exit(main())"
        compare = ["-c", program, "compare", str(SCENARIO), "--replications", "200"]
        compare += ["--quiet", "--output", output]
        python, numba = Path(folder) / "python", Path(folder) / "numba"
        first = [seconds(compare, python, numba)]
        yield said("first comparison after installing", first)
        empty = (Path(folder) / f"numba {n}" for n in range(cold_rounds))
        cold = [seconds(compare, python, nothing) for nothing in empty]
        yield said("first comparison, cold", cold, 30)
        warm = [seconds(compare, python, numba) for _ in range(rounds)]
        yield said("first comparison, warm", warm, 10)
        imports = [seconds(["-c", "import pbc_sim"], python, numba) for _ in range(rounds)]
        yield said("import pbc_sim", imports, 1)


def said(what: str, taken: Sequence[tuple[float, float]], aim: float | None = None) -> str:
    """Say the medians of some runs beside the aim for them [s]."""
    wall, cpu = (statistics.median(each[n] for each in taken) for n in (0, 1))
    beside = "" if aim is None else f" (aim: {aim:g} s)"
    return f"{what}: {wall:.1f} s wall, {cpu:.1f} s CPU{beside}"


def main() -> None:
    """Read options and print the report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cold-rounds", type=int, default=1)
    options = parser.parse_args()
    for line in report(options.rounds, options.cold_rounds):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

"""The compiled rules index within the bounds of their arrays, which nobody asks when they run."""

import os
import subprocess
import sys
from typing import NamedTuple

import numpy as np
import pytest

numba = pytest.importorskip("numba", reason="the compiled engine comes with the extra `fast`")

WORLDS = "tests/operations/test_kernel.py", "tests/performance/test_kernel.py"


class Arrays(NamedTuple):
    table: np.ndarray
    row: np.ndarray


def test_what_a_reference_reads_is_read_from_the_beginning_by_any_kind_of_index():
    from pbc_sim.operations.kernel.compiled import FLAGS, njit
    from pbc_sim.operations.kernel.passing import reference

    @njit(**FLAGS)
    def changed(known, i, j):
        arrays = reference(known)
        arrays.table[i, j] += arrays.row[j]
        of_row = arrays.table[i]
        of_row[j + 1] = arrays.table[i, : j + 1].sum()
        arrays.row[:] = of_row[1:4]
        return len(arrays.row), arrays.table.shape[1]

    arrays = Arrays(np.arange(12.0).reshape(3, 4), np.array([10.0, 20.0, 30.0]))

    assert changed(arrays, 1, np.int32(2)) == (3, 4)
    assert arrays.table.tolist() == [[0, 1, 2, 3], [4, 5, 36, 45], [8, 9, 10, 11]]
    assert arrays.row.tolist() == [5, 36, 45]


@pytest.mark.slow
def test_no_rule_leaves_the_bounds_of_an_array(repository, tmp_path):
    """Compile the rules anew so that they ask, and run them over generated and shipped worlds."""
    asking = os.environ | {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    tests = [sys.executable, "-m", "pytest", "-q", "-m", "not slow", "-p", "no:cacheprovider"]

    told = subprocess.run(
        [*tests, *WORLDS], cwd=repository, env=asking, capture_output=True, text=True, check=False
    )

    assert told.returncode == 0, told.stdout[-2000:]


@pytest.mark.slow
def test_an_index_below_0_is_told_where_bounds_are_asked_for(tmp_path):
    """Else the test above could not fail."""
    script = tmp_path / "below.py"
    script.write_text(
        "from typing import Any, NamedTuple\n"
        "import numpy as np\n"
        "from pbc_sim.operations.kernel.compiled import FLAGS, njit\n"
        "from pbc_sim.operations.kernel.passing import reference\n"
        "class Arrays(NamedTuple):\n"
        "    row: Any\n"
        "@njit(**FLAGS)\n"
        "def read(known, i):\n"
        "    return reference(known).row[i]\n"
        "print(read(Arrays(np.arange(3)), 2))\n"
        "read(Arrays(np.arange(3)), -1)\n",
        encoding="utf-8",
    )

    told = subprocess.run(
        [sys.executable, str(script)], env=os.environ | {"NUMBA_BOUNDSCHECK": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert told.stdout == "2\n"
    assert "IndexError: index is out of bounds" in told.stderr

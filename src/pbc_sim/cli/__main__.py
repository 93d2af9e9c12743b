"""How is it run as a module: ``python -m pbc_sim.cli``.

Lives here: nothing but the start.
"""

import sys

from pbc_sim.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""What might happen?

Lives here: the written world, its calendar and laws of chance, and one replication's draws.
"""

from pbc_sim.world.future import World, draw_world
from pbc_sim.world.setting import Setting
from pbc_sim.world.terms import WorldTerms

__all__ = ["Setting", "World", "WorldTerms", "draw_world"]

"""Which compiled model does a plan need: with a site of machines and staff, or without?

Lives here: the choice. May not live here: either model.
"""

from __future__ import annotations

from pbc_sim.operations.kernel.site_twin import SiteTwin
from pbc_sim.operations.kernel.twin import Twin
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.world.setting import Setting

__all__ = ["twin_of"]


def twin_of(setting: Setting, plan: SupplierPlan) -> Twin:
    """Return the compiled model of a plan that `not_covered` has nothing against."""
    terms = setting.terms
    has_site = terms.machines is not None or terms.service is not None
    return (SiteTwin if has_site else Twin)(setting, plan)

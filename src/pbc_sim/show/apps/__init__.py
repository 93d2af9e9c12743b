"""What is tried out, played and watched on a screen, in JupyterLab or by Voila?

Lives here: the apps, a folder each, and what they share. May not live here: any computation that a
script would want too.
"""

from pbc_sim.show.apps.opening import app_names, open_app

__all__ = ["app_names", "open_app"]

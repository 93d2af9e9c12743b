"""How does a figure reach a document?

Lives here: figures as pictures that need no other file. May not live here: what is drawn.
"""

from __future__ import annotations

import io

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pbc_sim.errors import PbcError
from pbc_sim.show.paper.document import Picture

__all__ = ["as_picture"]


def as_picture(drawn: Figure | Axes, says: str) -> Picture:
    """Return a figure as lines for the screen and as dots for word processors, and close it.

    Parameters
    ----------
    drawn : Figure or Axes
        The figure, or what stands alone in it.
    says : str
        What it shows, for those who do not see it.
    """
    figure = drawn if isinstance(drawn, Figure) else drawn.get_figure(root=True)
    if figure is None:
        raise PbcError("this was drawn on no figure any more; draw it again.")
    svg, png = io.StringIO(), io.BytesIO()
    # The same picture for the same figure: no date, and names that depend on what they name.
    with mpl.rc_context({"svg.hashsalt": "pbc-sim"}):
        figure.savefig(svg, format="svg", metadata={"Date": None})
    figure.savefig(png, format="png", dpi=200)
    plt.close(figure)
    lines = svg.getvalue()
    return Picture(lines[lines.index("<svg") :], png.getvalue(), says)

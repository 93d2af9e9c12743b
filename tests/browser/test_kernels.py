"""What a server keeps for its pages goes when they are closed: no kernel is left behind."""

import time

import psutil
import pytest

#: After so long without a browser a kernel is ended here; a slow machine needs some of it to open
#: a page. [s]
CULLED_AFTER = 10
PATIENCE = 60.0


def kernels(folder):
    """Return the processes of the kernels of the server that keeps its files in a folder."""
    ours = psutil.Process().children(recursive=True)
    servers = [one for one in ours if "voila" in said(one) and str(folder) in said(one)]
    found = [child for server in servers for child in server.children(recursive=True)]
    return {child.pid for child in found if "ipykernel" in said(child)}


def said(process):
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def until(holds):
    """Wait until something holds, and return whether it ever did."""
    end = time.monotonic() + PATIENCE
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(0.2)
    return held


@pytest.mark.slow
def test_the_kernel_of_a_closed_page_is_ended(visit, served_for, tmp_path, repository):
    story = repository / "scenarios" / "pilot_office.yaml"
    with served_for(tmp_path, "animation", story, culled_after=CULLED_AFTER) as url:
        warm = kernels(tmp_path)
        page = visit().open(url, ready=".pbc-animation")
        # The page took the warm kernel, and another one is warmed for who comes next.
        assert until(lambda: len(kernels(tmp_path)) == 2)
        (of_page,) = warm & kernels(tmp_path)

        page.close()

        assert until(lambda: of_page not in kernels(tmp_path))
        assert len(kernels(tmp_path)) == 1

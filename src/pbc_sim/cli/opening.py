"""How is an app opened from a terminal?

Lives here: the command `app`, and how it ends. May not live here: apps, how they are served.
"""

from __future__ import annotations

import argparse
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pbc_sim.cli.study import REPLICATIONS, at_least
from pbc_sim.errors import PbcError
from pbc_sim.language import translated as _

__all__ = ["add_app"]


def add_app(commands: Any) -> None:
    """Add the command to a parser's subparsers."""
    parser = commands.add_parser("app", help=_("open an app in the browser, on this machine alone"))
    parser.add_argument("name", help=_("which app, as designer"))
    parser.add_argument(
        "--port",
        type=at_least(1),
        default=8866,
        help=_("where it is served (default: %(default)s)"),
    )
    parser.add_argument(
        "--scenario", type=Path, help=_("scenario file; the first one in scenarios/ where empty")
    )
    parser.add_argument(
        "--replications",
        type=at_least(2),
        default=REPLICATIONS,
        help=_(
            "futures that the app rests on (default:%(default)s; the monitoring view takes 60 at "
            "most)"
        ),
    )
    parser.set_defaults(command=_app)


def _app(options: argparse.Namespace) -> None:
    from pbc_sim.show.apps.server import (
        address,
        serve,
        wait_until_ready,
    )  # slow to import, and not always needed

    with _ended_as_by_hand(), TemporaryDirectory(prefix="pbc_sim_") as folder:
        server = serve(
            options.name,
            Path(folder),
            port=options.port,
            scenario=options.scenario,
            language=options.language,
            replications=options.replications,
        )
        try:
            if not wait_until_ready(server, options.port, Path(folder)):
                said = (Path(folder) / "log").read_text(encoding="utf-8", errors="replace")
                last = said.strip().rpartition("\n")[2]
                words = _("the server of the app did not start: {reason}")
                raise PbcError(words.format(reason=last))
            print(f"{address(options.port)}  ({_('Ctrl+C ends it')})", flush=True)
            server.wait()
        finally:
            server.terminate()
            server.wait()


@contextmanager
def _ended_as_by_hand() -> Iterator[None]:
    """Let whatever asks this process to end do what Ctrl+C does: the server ends with it."""
    # Windows has no SIGHUP.
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]

    def end(_number: int, _frame: object) -> None:
        # `timeout` asks twice; the second time would break off the clearing away.
        for name in names:
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {name: signal.signal(getattr(signal, name), end) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)

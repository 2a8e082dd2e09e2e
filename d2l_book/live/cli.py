"""The command line of the live book."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from d2l_book.live.configuration import PORT, ROOT
from d2l_book.live.server import BookServer, create
from d2l_book.live.server import __doc__ as about

HTML = ROOT / "_build" / "html"


def announce(server: BookServer) -> None:
    """Print where the book is, once the server listens there."""
    print(f"The live book is at {server.address}")
    print("Whoever has this address can run code as you. Stop with Control-C.", flush=True)


def forget_jupyter_settings() -> None:
    """Drop the environment variables that configure Jupyter: they might listen elsewhere."""
    for name in list(os.environ):
        if name.startswith(("JUPYTER_", "JPY_")):
            del os.environ[name]


def main(arguments: list[str] | None = None) -> int:
    """Serve the book until stopped.

    Returns:
        0; 1 if there is no book to serve; 2 if there is no such port.
    """
    parser = argparse.ArgumentParser(prog="python -m d2l_book.live", description=about)
    parser.add_argument("--port", type=int, default=PORT, help="the first port to try")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--book", type=Path, default=HTML, help="the folder of the built book")
    options = parser.parse_args(arguments)
    forget_jupyter_settings()
    try:
        server = create(options.book.resolve(), options.port, not options.no_browser)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    server.io_loop.add_callback(announce, server)
    server.start()
    return 0

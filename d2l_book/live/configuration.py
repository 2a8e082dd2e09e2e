"""Everything about the live book's server that is not Jupyter's default."""

from __future__ import annotations

import logging
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path

from traitlets.config import Config

from d2l_book.live.access import TokenOnly
from d2l_book.live.connection import PageConnection
from d2l_book.live.kernels import Kernels, NoFiles, OwnPython

ROOT = Path(__file__).resolve().parents[2]
PORT = 8888
"""Where to start looking for a free port."""

MEGABYTE = 2**20
CULL_AFTER_SECONDS = 600
"""A page that is left stops its kernel; this is for browsers that crash and computers that sleep.

Time during which the computer sleeps does not count.
"""

DEATH_NOTICED_SECONDS = 0.5
"""How often to look whether a kernel lives: a reader whose kernel has died waits for that.

Jupyter looks every three seconds.
"""


@dataclass(frozen=True)
class Secrets:
    """What a start of the server invents, so that nothing of an earlier one is worth anything.

    Attributes:
        token: What a visitor has to know.
        path: The first part of every address. Cookies are kept below it; browsers tell ports of
            one host apart for nothing but cookies, and would otherwise send ours to all of them.
        key: What cookies are signed with.
    """

    token: str = field(default_factory=lambda: secrets.token_hex(24))
    path: str = field(default_factory=lambda: secrets.token_hex(16))
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))


def configuration(port: int, own: Secrets, opens_browser: bool) -> Config:
    """Return the configuration.

    Args:
        port: The first port to try, 0 to 65535; 0 leaves the choice to the system.
        own: The secrets of this start.
        opens_browser: Whether to open the book in the default browser.

    Raises:
        ValueError: If there is no such port.
    """
    if not 0 <= port <= 65535:
        raise ValueError(f"port: expected a number from 0 to 65535, got {port}")
    base = f"/{own.path}/"
    cookie = {"path": base, "samesite": "Strict", "expires_days": None}  # until the browser ends
    server = {
        "ip": "127.0.0.1",
        "port": port,
        "port_retries": 50,
        "base_url": base,
        "default_url": f"{base}book/",
        "allow_remote_access": False,  # other names of this host, as in DNS rebinding, are refused
        "allow_unauthenticated_access": False,
        "allow_origin": "",
        "allow_root": True,  # containers
        "cookie_secret": own.key,
        "contents_manager_class": NoFiles,
        "identity_provider_class": TokenOnly,
        "kernel_manager_class": Kernels,
        "kernel_spec_manager_class": OwnPython,
        "kernel_websocket_connection_class": PageConnection,
        "log_level": logging.ERROR,
        "max_body_size": MEGABYTE,
        "max_buffer_size": 2 * MEGABYTE,
        "open_browser": opens_browser,
        "root_dir": str(ROOT),  # a kernel starts in the folder of its page's notebook
        "terminals_enabled": False,
        "tornado_settings": {
            "log_function": lambda handler: None,  # what went wrong is logged where it is noticed
            "websocket_max_message_size": MEGABYTE,
            "xsrf_cookie_name": f"_xsrf-{own.path}",
            "xsrf_cookie_kwargs": cookie,
        },
    }
    identity = {
        "token": own.token,
        "cookie_name": f"login-{own.path}",  # nobody else can set a cookie of this name
        "cookie_options": cookie,
    }
    manager = {
        "cull_idle_timeout": CULL_AFTER_SECONDS,
        "cull_interval": 60,
        "allowed_message_types": [
            *("execute_request", "kernel_info_request"),
            *("complete_request", "inspect_request"),
        ],
    }
    restarter = {"time_to_dead": DEATH_NOTICED_SECONDS}
    # Over TCP, what a kernel prints can be read by every user of the machine.
    transport = "tcp" if sys.platform == "win32" else "ipc"
    return Config(
        {
            "ServerApp": server,
            "IdentityProvider": identity,
            "KernelManager": {"transport": transport},
            "KernelRestarter": restarter,
            "KernelSpecManager": {"allowed_kernelspecs": {"python3"}},
            "MappingKernelManager": manager,
        }
    )

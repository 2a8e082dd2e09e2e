"""What a live page asks for: its kernel, formulas typeset and charts compiled."""

from __future__ import annotations

import json
from typing import Any

from jupyter_server.services.kernels.handlers import (
    KernelActionHandler,
    KernelHandler,
    MainKernelHandler,
)
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado import web

from d2l_book.live.access import Plain
from d2l_book.live.charts import Charts
from d2l_book.live.formulas import Formulas

LEFT = (1001, 4001)
"""Codes with which a connection closes if its page is left: the browser's and our script's."""

_KERNEL = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"


class StartKernel(Plain, MainKernelHandler):
    """Lists kernels, and starts them."""

    SUPPORTED_METHODS = ("GET", "POST")

    def get_json_body(self) -> dict[str, Any]:
        """Return what a page asks for: the folder of its notebook.

        Raises:
            HTTPError: If it is anything else.
        """
        try:
            body = json.loads(self.request.body or b"{}")
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            raise web.HTTPError(400, "The body is not JSON") from error
        if not isinstance(body, dict):
            raise web.HTTPError(400, "The body is not an object")
        if body.get("name", "python3") != "python3":
            raise web.HTTPError(404, "There is no such kernel")
        path = body.get("path", "")
        if not isinstance(path, str) or "\0" in path or ".." in path.split("/"):
            raise web.HTTPError(400, "The path is not a folder of the book")
        return {"name": "python3", "path": path}


class Kernel(Plain, KernelHandler):
    """Describes and stops a kernel."""

    SUPPORTED_METHODS = ("GET", "DELETE")


class KernelAction(Plain, KernelActionHandler):
    """Interrupts and restarts a kernel."""

    SUPPORTED_METHODS = ("POST",)

    @web.authenticated
    async def post(self, kernel_id: str, action: str) -> None:
        """Do so; a kernel that does not exist is not found, rather than not to be restarted."""
        self.kernel_manager.get_kernel(kernel_id)
        done = super().post(kernel_id, action)
        if done is not None:
            await done


class Channels(Plain, KernelWebsocketHandler):
    """Carries the messages between a page and its kernel."""

    SUPPORTED_METHODS = ("GET",)

    def on_message(self, ws_message: str | bytes) -> None:
        """Pass a message on, or close the connection if it is none."""
        try:
            super().on_message(ws_message)
        except Exception as error:
            self.log.info("not a message for a kernel: %r", error)
            self.close(1007, "not a message for a kernel")

    def on_close(self) -> None:
        """Notice that a page is gone, and whether it was left or its connection was cut."""
        if self.connection is None:
            return
        super().on_close()
        if self.close_code in LEFT:
            manager: Any = self.kernel_manager
            manager.leave(self.kernel_id)


ROUTES = (
    (r"api/kernels", StartKernel),
    (rf"api/kernels/{_KERNEL}", Kernel),
    (rf"api/kernels/{_KERNEL}/(?P<action>restart|interrupt)", KernelAction),
    (rf"api/kernels/{_KERNEL}/channels", Channels),
    (r"api/formulas", Formulas),
    (r"api/charts", Charts),
)
"""Addresses below the server's first part, and who answers them."""

"""The connection between a page and its kernel."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

TOO_FAST = "[The cell prints faster than a page can show; some of its output is left out here.]"


class PageConnection(ZMQChannelsWebsocketConnection):
    """Passes messages on, and says in plain words when there are too many of them."""

    def write_stderr(self, error_message: str, parent_header: dict[str, Any]) -> None:
        """Tell the reader that output is left out; Jupyter names settings that are not offered."""
        self.log.info(error_message)
        message = self.session.msg(
            "stream", {"text": f"{TOO_FAST}\n", "name": "stderr"}, parent=parent_header
        )
        self.write_message(self.session.pack(message | {"channel": "iopub"}).decode())

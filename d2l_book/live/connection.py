"""The connection between a page and its kernel."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

MOST = 4_000_000
"""Bytes that a cell's output may have here: those of the million characters that a page shows."""

PIECE = 4_000
"""What an output that is not printed text counts: here and in the page, a thousand are enough."""


class PageConnection(ZMQChannelsWebsocketConnection):
    """Passes messages on, but not more of a cell's output than its page shows.

    Jupyter limits the rate instead, and leaves out the beginning if much is printed at once.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._answers: str | None = None
        self._said = 0

    def _limit_rate(self, channel: str, msg: dict[str, Any], msg_list: list[bytes]) -> bool:
        """Return whether to leave a message out."""
        if channel != "iopub":
            return False
        for part in ("header", "parent_header"):
            msg[part] = self.get_part(part, msg[part], msg_list)
        return self.exceeds(
            msg["parent_header"].get("msg_id"), msg["header"]["msg_type"], sum(map(len, msg_list))
        )

    def exceeds(self, answers: str | None, kind: str, size: int) -> bool:
        """Count an output, and return whether its cell has said too much before.

        Args:
            answers: The id of the request that ran the cell.
            kind: The type of the message.
            size: Its size in bytes.
        """
        if answers != self._answers or kind == "clear_output":
            self._answers, self._said = answers, 0
        if kind not in ("stream", "display_data", "update_display_data"):
            return False
        before = self._said
        self._said += size if kind == "stream" else PIECE
        return before > MOST

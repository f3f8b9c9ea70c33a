"""Requests that leave no temporary files open, even where their parsing broke off."""

from typing import IO, Any

from flask import Request


class TidyRequest(Request):
    """Flask closes the files of a form that was read to its end; this one closes the others too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._opened: list[IO[bytes]] = []

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*args, **kwargs)
        self._opened.append(stream)
        return stream

    def close(self) -> None:
        """At the end of the request's context."""
        super().close()
        for stream in self._opened:
            stream.close()

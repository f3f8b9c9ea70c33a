"""How a request to the outside ends badly: for ever, or for now."""

from libs.common.errors import InvalidInput, Unavailable


class OutboundRefused(InvalidInput):
    """The address may not be asked, now or later; details name the field `url`."""

    def __init__(self, code: str, message: str, details: dict[str, object] | None = None) -> None:
        super().__init__(code, message, details or {"errors": {"url": [message]}})


class OutboundFailed(Unavailable):
    """No complete answer came; worth another try. An answer with an error status is no failure."""

    @property
    def is_unsent(self) -> bool:
        """Whether the other side can have seen nothing of the request."""
        return self.details.get("is_unsent") is True

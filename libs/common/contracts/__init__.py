"""What services promise one another: the events, one module per producer."""

from libs.common.contracts import intake, notify, ticketing

__all__ = ["intake", "notify", "ticketing"]

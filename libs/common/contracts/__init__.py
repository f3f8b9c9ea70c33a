"""What services promise one another: the events, one module per producer."""

from libs.common.contracts import gateway, intake, notify, ticketing

__all__ = ["gateway", "intake", "notify", "ticketing"]

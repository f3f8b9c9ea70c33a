"""What services promise one another: the events, one module per producer."""

from libs.common.contracts import dispatch, gateway, intake, kb, notify, sla, ticketing

__all__ = ["dispatch", "gateway", "intake", "kb", "notify", "sla", "ticketing"]

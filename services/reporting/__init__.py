"""Owns facts folded from events: metrics, drill-down, exports and forecasts."""

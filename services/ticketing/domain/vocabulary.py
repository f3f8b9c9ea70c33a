"""The words that a ticket may be described with."""

KINDS = ("inquiry", "complaint", "repair", "suggestion", "internal")
URGENCIES = ("normal", "urgent", "critical")  # in rising order

DEFAULT_KIND = "inquiry"
DEFAULT_URGENCY = "normal"

# Channels whose tickets staff register by hand; the others come as messages.
MANUAL_CHANNELS = ("manual", "phone")

# Where requesters open tickets themselves: customers in the portal, employees in the house.
PORTAL, INTERNAL = "portal", "internal"
REQUEST_CHANNELS = (PORTAL, INTERNAL)

# Channels on which the customer names the urgency in so many words. Elsewhere a hint is a guess.
URGENCY_BY_CUSTOMER = ("web_form",)

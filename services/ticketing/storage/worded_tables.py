"""All tables whose rows hold people's words beside a ticket's timeline, plain or sealed."""

from services.ticketing.storage.quality_check.tables import quality_reviews
from services.ticketing.storage.together_tables import TOGETHER

WORDED = (*TOGETHER, quality_reviews)

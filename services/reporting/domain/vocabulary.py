"""Dimensions, units of time and filters: the words in which figures are asked for."""

# Each is a column of acts and stays. `CATEGORY` is none: a ticket counts in its category and in
# all above it.
COLUMN_OF = {
    "kind": "kind",
    "channel": "channel",
    "group": "group_id",
    "department": "department_id",
    "agent": "agent_id",
    "tier": "tier",
    "urgency": "urgency",
    "region": "region_id",
}
STATUS = "status"
CATEGORY = "category"
DIMENSIONS = (*COLUMN_OF, CATEGORY, STATUS)
UNITS = ("day", "week", "month", "quarter", "year")
CUSTOM = "custom"
# Filters by name, with the dimension whose keys they list.
FILTERS = {
    "kind": "kind",
    "channel": "channel",
    "group_id": "group",
    "department_id": "department",
    "agent_id": "agent",
    "category_id": CATEGORY,
    "tier": "tier",
    "urgency": "urgency",
    "region_id": "region",
    "status": STATUS,
}
SCORE = "score"
PREVIOUS, YEAR_AGO = "previous", "year_ago"
COMPARISONS = (PREVIOUS, YEAR_AGO)
# The key of what has none, and of all rows beyond those that are listed.
NONE, OTHERS = "", "*"
MOST_ROWS = 50
MOST_POINTS = 400

LABELS = {
    "kind": ("类型", "Type"),
    "channel": ("渠道", "Channel"),
    "group": ("客服组", "Group"),
    "department": ("部门", "Department"),
    "agent": ("客服", "Agent"),
    "category": ("工单分类", "Category"),
    "tier": ("客户等级", "Customer tier"),
    "urgency": ("紧急程度", "Urgency"),
    "region": ("地区", "Region"),
    "status": ("状态", "Status"),
    "day": ("日", "Day"),
    "week": ("周", "Week"),
    "month": ("月", "Month"),
    "quarter": ("季度", "Quarter"),
    "year": ("年", "Year"),
}

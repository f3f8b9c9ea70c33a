"""The tree of categories, the words of urgency, known tags.

Revision ID: ticketing_0020
"""

from alembic import op

revision = "ticketing_0020"
down_revision = "ticketing_0019"

# `path`, `names_zh` and `names_en` follow from the rows above: ids and names from the top down.
CATEGORIES = """
CREATE TABLE ticket_categories (
    category_id uuid PRIMARY KEY,
    parent_id uuid REFERENCES ticket_categories,
    name_zh text NOT NULL,
    name_en text,
    path uuid[] NOT NULL,
    names_zh text[] NOT NULL,
    names_en text[] NOT NULL,
    position integer NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    defaults jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT uq_ticket_categories_name UNIQUE NULLS NOT DISTINCT (parent_id, name_zh)
);
ALTER TABLE tickets
    ADD COLUMN category_id uuid,
    ADD COLUMN urgency_word text,
    ADD COLUMN urgency_reason text,
    ADD COLUMN urgency_proposal jsonb;
CREATE INDEX ix_tickets_category ON tickets (category_id, updated_at, ticket_id)
    WHERE category_id IS NOT NULL;
"""

URGENCY = """
CREATE TABLE urgency_words (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    words jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1
);
INSERT INTO urgency_words DEFAULT VALUES;
"""

# A renaming goes through the tickets that have the old name, some at a time.
TAGS = """
CREATE TABLE known_tags (
    tag_id uuid PRIMARY KEY,
    name text NOT NULL CONSTRAINT uq_known_tags_name UNIQUE,
    color text,
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE tag_renamings (
    renaming_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    old_name text NOT NULL,
    new_name text NOT NULL,
    person_id uuid,
    person_name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_tickets_tags ON tickets USING gin (tags) WHERE cardinality(tags) > 0;
"""

SHIPPED = """
WITH tops AS (
    INSERT INTO ticket_categories
        (category_id, name_zh, name_en, path, names_zh, names_en, position, defaults)
    SELECT given.id, zh, en, ARRAY[given.id], ARRAY[zh], ARRAY[en], place, CAST(defaults AS jsonb)
    FROM (VALUES
        (gen_random_uuid(), '售后', 'After-sales', 1, '{"kind": "repair"}'),
        (gen_random_uuid(), '订单', 'Orders', 2, '{"kind": "inquiry"}'),
        (gen_random_uuid(), '咨询', 'Questions', 3, '{"kind": "inquiry"}')
    ) AS given (id, zh, en, place, defaults)
    RETURNING category_id, name_zh, name_en
)
INSERT INTO ticket_categories
    (category_id, parent_id, name_zh, name_en, path, names_zh, names_en, position)
SELECT child.id, tops.category_id, zh, en, ARRAY[tops.category_id, child.id],
    ARRAY[tops.name_zh, zh], ARRAY[tops.name_en, en], 1
FROM (VALUES
    (gen_random_uuid(), '售后', '产品维修', 'Repairs'),
    (gen_random_uuid(), '订单', '物流异常', 'Delivery problems'),
    (gen_random_uuid(), '咨询', '功能使用', 'How to use it')
) AS child (id, top, zh, en) JOIN tops ON tops.name_zh = child.top
"""


def upgrade() -> None:
    """A release before it goes on: its tickets have no category, and tags are free."""
    op.execute(CATEGORIES)
    op.execute(URGENCY)
    op.execute(TAGS)
    op.execute(SHIPPED)

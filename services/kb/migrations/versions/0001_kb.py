"""Articles, their versions and reviews, categories, what is searched in, and what was of use.

Revision ID: kb_0001
"""

from alembic import op

from libs.common.database.operation_tables import create_operation_tables
from libs.common.database.platform_tables import create_platform_tables
from libs.common.directory.tables import create_directory_tables

revision = "kb_0001"
down_revision = None

# An article has at most one version that is being worked on (`draft_id`) and one that is read
# (`published_id`). `version` counts every change: the ETag, and the revision of its events.
ARTICLES = """
CREATE TABLE categories (
    category_id uuid PRIMARY KEY,
    parent_id uuid REFERENCES categories,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    position integer NOT NULL,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX uq_categories_name ON categories (parent_id, name_zh) NULLS NOT DISTINCT;

CREATE TABLE articles (
    article_id uuid PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('draft', 'review', 'published', 'expired', 'archived')),
    version integer NOT NULL,
    published_id uuid,
    draft_id uuid,
    slug text,
    valid_until timestamptz,
    created_by uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    published_at timestamptz
);
CREATE UNIQUE INDEX uq_articles_slug ON articles (slug);

CREATE TABLE versions (
    version_id uuid PRIMARY KEY,
    article_id uuid NOT NULL REFERENCES articles ON DELETE CASCADE,
    number integer NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'review', 'published', 'superseded')),
    kind text NOT NULL CHECK (kind IN ('faq', 'solution', 'document', 'training')),
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    audience text NOT NULL CHECK (audience IN ('public', 'staff')),
    category_id uuid REFERENCES categories,
    tags text[] NOT NULL,
    slug text,
    valid_until timestamptz,
    title text NOT NULL,
    summary text NOT NULL,
    body_html text NOT NULL,
    body_text text NOT NULL,
    steps jsonb NOT NULL,
    cautions jsonb NOT NULL,
    videos jsonb NOT NULL,
    author_id uuid,
    author_name text NOT NULL,
    editors uuid[] NOT NULL,
    comment text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    published_at timestamptz,
    CONSTRAINT uq_versions_number UNIQUE (article_id, number)
);
CREATE INDEX ix_versions_category ON versions (category_id) WHERE category_id IS NOT NULL;

CREATE TABLE reviews (
    review_id uuid PRIMARY KEY,
    article_id uuid NOT NULL REFERENCES articles ON DELETE CASCADE,
    version_id uuid NOT NULL,
    number integer NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('requested', 'approved', 'declined')),
    comment text,
    person_id uuid,
    person_name text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX ix_reviews_article ON reviews (article_id, created_at);

CREATE TABLE settings (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    needs_other_reviewer boolean NOT NULL DEFAULT true,
    notice_days integer NOT NULL DEFAULT 7,
    words text[] NOT NULL DEFAULT '{}',
    synonyms jsonb NOT NULL DEFAULT '[]',
    version integer NOT NULL DEFAULT 1
);
INSERT INTO settings DEFAULT VALUES;
"""

# One row for what is read or rests (`is_working` false) and one for what is being worked on.
# `edition` names the dictionary by which the texts were cut. The vectors are kept uncompressed:
# ranking opens hundreds of them.
SEARCH = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE search_rows (
    article_id uuid NOT NULL REFERENCES articles ON DELETE CASCADE,
    is_working boolean NOT NULL,
    version_id uuid NOT NULL,
    number integer NOT NULL,
    state text NOT NULL,
    kind text NOT NULL,
    language text NOT NULL,
    audience text NOT NULL,
    category_id uuid,
    tags text[] NOT NULL,
    title text NOT NULL,
    summary text NOT NULL,
    folded_title text NOT NULL,
    title_words tsvector NOT NULL,
    words tsvector NOT NULL,
    edition text NOT NULL,
    boost real NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (article_id, is_working)
) WITH (fillfactor = 85);
ALTER TABLE search_rows ALTER COLUMN words SET STORAGE EXTERNAL;
CREATE INDEX ix_search_rows_words ON search_rows USING gin (words);
CREATE INDEX ix_search_rows_title_words ON search_rows USING gin (title_words);
CREATE INDEX ix_search_rows_title ON search_rows USING gin (folded_title gin_trgm_ops);
CREATE INDEX ix_search_rows_tags ON search_rows USING gin (tags);
CREATE INDEX ix_search_rows_updated ON search_rows (state, updated_at, article_id, is_working);
CREATE INDEX ix_search_rows_boost ON search_rows (state, boost, article_id, is_working);
CREATE INDEX ix_search_rows_category ON search_rows (category_id, updated_at);
CREATE INDEX ix_search_rows_edition ON search_rows (edition, article_id);

-- In how many articles a word stands, counted anew now and then: what is rare tells more.
CREATE TABLE lexemes (
    lexeme text PRIMARY KEY,
    articles integer NOT NULL
);
CREATE INDEX ix_lexemes_lexeme ON lexemes USING gin (lexeme gin_trgm_ops);
CREATE TABLE lexeme_counts (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    articles integer NOT NULL DEFAULT 0,
    counted_at timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO lexeme_counts DEFAULT VALUES;
"""

# Hits are appended and folded into days by a job: nobody waits for another reader.
USE = """
CREATE TABLE hits (
    hit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article_id uuid NOT NULL,
    day date NOT NULL,
    reader text NOT NULL
);
CREATE TABLE days (
    article_id uuid NOT NULL REFERENCES articles ON DELETE CASCADE,
    day date NOT NULL,
    customer_views integer NOT NULL DEFAULT 0,
    staff_views integer NOT NULL DEFAULT 0,
    uses integer NOT NULL DEFAULT 0,
    helpful integer NOT NULL DEFAULT 0,
    unhelpful integer NOT NULL DEFAULT 0,
    PRIMARY KEY (article_id, day)
) WITH (fillfactor = 80);
CREATE INDEX ix_days_day ON days (day);

CREATE TABLE uses (
    use_id uuid PRIMARY KEY,
    article_id uuid NOT NULL REFERENCES articles ON DELETE CASCADE,
    ticket_id uuid NOT NULL,
    number text NOT NULL,
    person_id uuid NOT NULL,
    rank integer,
    used_at timestamptz NOT NULL,
    CONSTRAINT uq_uses_ticket UNIQUE (ticket_id, article_id, person_id)
);
CREATE INDEX ix_uses_article ON uses (article_id);

-- `reader_key` of visitors is a keyed hash that differs each day: it names nobody.
CREATE TABLE judgements (
    article_id uuid NOT NULL REFERENCES articles ON DELETE CASCADE,
    reader_key text NOT NULL,
    source_key text,
    reader text NOT NULL CHECK (reader IN ('customer', 'staff')),
    is_helpful boolean NOT NULL,
    judged_at timestamptz NOT NULL,
    PRIMARY KEY (article_id, reader_key)
);
CREATE INDEX ix_judgements_source ON judgements (article_id, source_key)
    WHERE source_key IS NOT NULL;

CREATE TABLE missed_searches (
    day date NOT NULL,
    reader text NOT NULL,
    phrase text NOT NULL,
    count integer NOT NULL DEFAULT 1,
    PRIMARY KEY (day, reader, phrase)
);
"""


def upgrade() -> None:
    """Everything the first release needs."""
    create_platform_tables(op)
    create_operation_tables(op)
    create_directory_tables(op)
    for statements in (ARTICLES, SEARCH, USE):
        op.execute(statements)

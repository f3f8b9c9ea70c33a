"""Companies that customers belong to, and what other systems know of a customer.

Revision ID: 0006
"""

from alembic import op

from libs.common.crypto.sealed_columns import index_key_ids

revision = "0006"
down_revision = "0005"

TABLES = """
CREATE TABLE companies (
    company_id uuid PRIMARY KEY,
    name text NOT NULL,
    code text UNIQUE,
    remark text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL
);
CREATE INDEX ix_companies_name ON companies USING gin (name gin_trgm_ops);
ALTER TABLE customers ADD COLUMN company_id uuid REFERENCES companies;
CREATE INDEX ix_customers_company ON customers (company_id) WHERE company_id IS NOT NULL;

-- What a record tells may be anybody's address: it is sealed as contacts are.
CREATE TABLE external_records (
    record_id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers,
    source text NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    sealed bytea NOT NULL,
    happened_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (source, kind, key)
);
CREATE INDEX ix_external_records_customer
    ON external_records (customer_id, happened_at DESC, record_id);
"""


def upgrade() -> None:
    """A release that knows none of it goes on: nobody is of a company there."""
    op.execute(TABLES)
    index_key_ids(op, "external_records", "sealed")

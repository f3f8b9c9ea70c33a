"""Roles as data, the organisation, and what a person has beside login and password."""

from alembic import op

from libs.common.database.platform_tables import create_platform_tables

revision = "0002"
down_revision = "0001"

_ROLES = """
CREATE TABLE roles (
    role_id uuid CONSTRAINT pk_roles PRIMARY KEY,
    key text NOT NULL CONSTRAINT uq_roles_key UNIQUE,
    kind text NOT NULL DEFAULT 'staff'
        CONSTRAINT ck_roles_kind CHECK (kind IN ('staff', 'employee', 'customer')),
    name_zh text NOT NULL,
    name_en text NOT NULL,
    ticket_scope text NOT NULL CONSTRAINT ck_roles_ticket_scope CHECK (ticket_scope IN
        ('none', 'own', 'group', 'department', 'region', 'all', 'requested')),
    sees_pools boolean NOT NULL,
    permissions text[] NOT NULL,
    allowed_networks cidr[] NOT NULL DEFAULT '{}',
    needs_totp boolean NOT NULL DEFAULT false,
    is_shipped boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO roles (role_id, key, name_zh, name_en, ticket_scope, sees_pools, permissions) VALUES
    (gen_random_uuid(), 'agent', '客服', 'Agent', 'own', true,
     '{session.own, notice.read, ticket.list, ticket.read, ticket.create, ticket.take,
     ticket.accept, ticket.edit, ticket.reply, ticket.note, ticket.move, ticket.solve,
     ticket.reopen, attachment.read, attachment.upload, customer.read, customer.create,
     customer.reveal}'),
    (gen_random_uuid(), 'supervisor', '主管', 'Supervisor', 'all', true,
     '{session.own, notice.read, ticket.list, ticket.read, ticket.create, ticket.take,
     ticket.accept, ticket.edit, ticket.reply, ticket.note, ticket.move, ticket.solve,
     ticket.reopen, ticket.assign, ticket.transfer, ticket.work_all, attachment.read,
     attachment.upload, customer.read, customer.create, customer.reveal, people.list,
     organisation.read, failure.list, failure.replay, failure.discard, receipt.list,
     receipt.refile}'),
    (gen_random_uuid(), 'technician', '技术', 'Technician', 'own', true,
     '{session.own, notice.read, ticket.list, ticket.read, ticket.take, ticket.accept,
     ticket.edit, ticket.reply, ticket.note, ticket.move, ticket.solve, ticket.reopen,
     attachment.read, attachment.upload, customer.read}'),
    (gen_random_uuid(), 'administrative', '行政', 'Administrative staff', 'department', true,
     '{session.own, notice.read, ticket.list, ticket.read, ticket.create, ticket.take,
     ticket.accept, ticket.edit, ticket.reply, ticket.note, ticket.move, ticket.solve,
     ticket.reopen, attachment.read, attachment.upload, customer.read, customer.create,
     people.list, organisation.read}'),
    (gen_random_uuid(), 'administrator', '系统管理员', 'System administrator', 'all', true,
     '{session.own, notice.read, ticket.list, ticket.read, people.list, person.read,
     person.manage, organisation.read, organisation.manage, role.read, role.manage,
     session.manage, api_key.read, api_key.manage, channel_account.read,
     channel_account.manage, audit.read, audit.export, alert.read, alert.acknowledge,
     failure.list, failure.replay, failure.discard, receipt.list, receipt.refile}'),
    (gen_random_uuid(), 'employee', '员工', 'Employee', 'requested', false,
     '{session.own, request.own}'),
    (gen_random_uuid(), 'field_engineer', '外勤工程师', 'Field engineer', 'own', false,
     '{session.own, notice.read, ticket.list, ticket.read, ticket.accept, ticket.reply,
     ticket.note, ticket.move, ticket.solve, attachment.read, attachment.upload,
     customer.read, customer.reveal}'),
    (gen_random_uuid(), 'auditor', '审计员', 'Auditor', 'none', false,
     '{session.own, audit.read, audit.export, alert.read, role.read, person.read,
     organisation.read, api_key.read, channel_account.read}'),
    (gen_random_uuid(), 'customer', '客户', 'Customer', 'requested', false,
     '{request.own}');
UPDATE roles SET is_shipped = true;
UPDATE roles SET kind = key WHERE key IN ('employee', 'customer');
"""

# Units are never deleted, because tickets of the past name them; they become inactive.
_ORGANISATION = """
CREATE TABLE departments (
    department_id uuid CONSTRAINT pk_departments PRIMARY KEY,
    parent_id uuid CONSTRAINT fk_departments_parent_id_departments REFERENCES departments,
    name text NOT NULL,
    position integer NOT NULL DEFAULT 0,
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX uq_departments_name ON departments (parent_id, lower(name))
    NULLS NOT DISTINCT WHERE is_active;

CREATE TABLE regions (
    region_id uuid CONSTRAINT pk_regions PRIMARY KEY,
    parent_id uuid CONSTRAINT fk_regions_parent_id_regions REFERENCES regions,
    name text NOT NULL,
    position integer NOT NULL DEFAULT 0,
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX uq_regions_name ON regions (parent_id, lower(name))
    NULLS NOT DISTINCT WHERE is_active;

CREATE TABLE brands (
    brand_id uuid CONSTRAINT pk_brands PRIMARY KEY,
    key text NOT NULL CONSTRAINT uq_brands_key UNIQUE,
    name text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);

CREATE TABLE groups (
    group_id uuid CONSTRAINT pk_groups PRIMARY KEY,
    name text NOT NULL,
    description text,
    department_id uuid CONSTRAINT fk_groups_department_id_departments REFERENCES departments,
    region_id uuid CONSTRAINT fk_groups_region_id_regions REFERENCES regions,
    brand_id uuid CONSTRAINT fk_groups_brand_id_brands REFERENCES brands,
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX uq_groups_name ON groups (lower(name)) WHERE is_active;

-- Counts every change of units and memberships: processes keep what they read under it.
CREATE TABLE directory_state (
    is_only boolean CONSTRAINT pk_directory_state PRIMARY KEY DEFAULT true CHECK (is_only),
    version bigint NOT NULL,
    published_at timestamptz
);
INSERT INTO directory_state (version) VALUES (1);
"""

_PEOPLE = """
ALTER TABLE people
    ADD COLUMN department_id uuid
        CONSTRAINT fk_people_department_id_departments REFERENCES departments,
    ADD COLUMN region_id uuid CONSTRAINT fk_people_region_id_regions REFERENCES regions,
    ADD COLUMN title text,
    ADD COLUMN extension text,
    ADD COLUMN zone text,
    ADD COLUMN email_sealed bytea,
    ADD COLUMN email_index bytea,
    ADD COLUMN phone_sealed bytea,
    ADD COLUMN phone_index bytea,
    ADD COLUMN phone_verified_at timestamptz,
    ADD COLUMN must_change_password boolean NOT NULL DEFAULT false,
    ADD COLUMN password_changed_at timestamptz,
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT fk_people_role_roles FOREIGN KEY (role) REFERENCES roles (key);
CREATE INDEX ix_people_role ON people (role);
CREATE INDEX ix_people_department_id ON people (department_id);
CREATE UNIQUE INDEX uq_people_email_index ON people (email_index);
CREATE UNIQUE INDEX uq_people_phone_index ON people (phone_index);

CREATE TABLE group_members (
    group_id uuid CONSTRAINT fk_group_members_group_id_groups REFERENCES groups,
    person_id uuid CONSTRAINT fk_group_members_person_id_people REFERENCES people,
    is_lead boolean NOT NULL DEFAULT false,
    CONSTRAINT pk_group_members PRIMARY KEY (group_id, person_id)
);
CREATE INDEX ix_group_members_person_id ON group_members (person_id);
"""


def upgrade() -> None:
    """Add them; the people of the first release keep their roles."""
    create_platform_tables(op)
    op.execute(_ROLES)
    op.execute(_ORGANISATION)
    op.execute(_PEOPLE)

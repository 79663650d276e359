"""the documents of the first version"""

import sqlalchemy as sa
from alembic import op

revision = "e74158c2070e"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ab_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=150), nullable=True),
        sa.Column("description", sa.String(length=512), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_group")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_group_name")),
    )
    op.create_table(
        "ab_permission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_permission_name")),
    )
    op.create_table(
        "ab_register_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("registration_date", sa.DateTime(), nullable=True),
        sa.Column("registration_hash", sa.String(length=256), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_register_user")),
        sa.UniqueConstraint("email", name=op.f("uq_ab_register_user_email")),
        sa.UniqueConstraint("username", name=op.f("uq_ab_register_user_username")),
    )
    op.create_table(
        "ab_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_role")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_role_name")),
    )
    op.create_table(
        "ab_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("last_login", sa.DateTime(), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("fail_login_count", sa.Integer(), nullable=True),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("changed_on", sa.DateTime(), nullable=True),
        sa.Column("created_by_fk", sa.Integer(), nullable=True),
        sa.Column("changed_by_fk", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_fk"], ["ab_user.id"], name=op.f("fk_ab_user_changed_by_fk")),
        sa.ForeignKeyConstraint(["created_by_fk"], ["ab_user.id"], name=op.f("fk_ab_user_created_by_fk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user")),
        sa.UniqueConstraint("email", name=op.f("uq_ab_user_email")),
        sa.UniqueConstraint("username", name=op.f("uq_ab_user_username")),
    )
    op.create_table(
        "ab_view_menu",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_view_menu")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_view_menu_name")),
    )
    op.create_table(
        "company",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=50), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["company.id"], name=op.f("fk_company_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("name", name=op.f("uq_company_name")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("company", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_company_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "fee_item",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('property', 'parking', 'utility', 'shared', 'rent', 'service', 'fund', 'other')",
            name=op.f("ck_fee_item_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_item")),
        sa.UniqueConstraint("name", name=op.f("uq_fee_item_name")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_table(
        "history",
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("who", sa.String(length=100), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row_title", sa.String(length=200), nullable=False),
        sa.Column("deed", sa.String(length=30), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=True),
        sa.Column("label", sa.String(length=60), nullable=True),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "deed IN ('added', 'changed', 'deleted', 'done')", name=op.f("ck_history_deed_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_history_community_id"), ["community_id"], unique=False)
        batch_op.create_index("ix_history_document_row", ["document", "row_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("file", sa.String(length=300), nullable=True),
        sa.Column("url", sa.String(length=300), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_job_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_user_id"), ["user_id"], unique=False)

    op.create_table(
        "login_record",
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("succeeded", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_record")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("login_record", schema=None) as batch_op:
        batch_op.create_index("ix_login_record_username_at", ["username", "at"], unique=False)

    op.create_table(
        "ab_api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("key_hash", sa.String(length=256), nullable=False),
        sa.Column("lookup_hash", sa.String(length=256), nullable=True),
        sa.Column("key_prefix", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("expires_on", sa.DateTime(), nullable=True),
        sa.Column("revoked_on", sa.DateTime(), nullable=True),
        sa.Column("last_used_on", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_ab_api_key_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_api_key")),
        sa.UniqueConstraint("lookup_hash", name=op.f("uq_ab_api_key_lookup_hash")),
        sa.UniqueConstraint("uuid", name=op.f("uq_ab_api_key_uuid")),
    )
    with op.batch_alter_table("ab_api_key", schema=None) as batch_op:
        batch_op.create_index("idx_api_key_lookup_hash", ["lookup_hash"], unique=True)
        batch_op.create_index("idx_api_key_prefix", ["key_prefix"], unique=False)
        batch_op.create_index("idx_api_key_user_id", ["user_id"], unique=False)

    op.create_table(
        "ab_group_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["ab_group.id"], name=op.f("fk_ab_group_role_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["ab_role.id"], name=op.f("fk_ab_group_role_role_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_group_role")),
        sa.UniqueConstraint("group_id", "role_id", name=op.f("uq_ab_group_role_group_id_role_id")),
    )
    with op.batch_alter_table("ab_group_role", schema=None) as batch_op:
        batch_op.create_index("idx_group_id", ["group_id"], unique=False)
        batch_op.create_index("idx_group_role_id", ["role_id"], unique=False)

    op.create_table(
        "ab_permission_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permission_id", sa.Integer(), nullable=False),
        sa.Column("view_menu_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_id"], ["ab_permission.id"], name=op.f("fk_ab_permission_view_permission_id")
        ),
        sa.ForeignKeyConstraint(
            ["view_menu_id"], ["ab_view_menu.id"], name=op.f("fk_ab_permission_view_view_menu_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission_view")),
        sa.UniqueConstraint(
            "permission_id", "view_menu_id", name=op.f("uq_ab_permission_view_permission_id_view_menu_id")
        ),
    )
    with op.batch_alter_table("ab_permission_view", schema=None) as batch_op:
        batch_op.create_index("idx_permission_id", ["permission_id"], unique=False)
        batch_op.create_index("idx_view_menu_id", ["view_menu_id"], unique=False)

    op.create_table(
        "ab_user_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["ab_group.id"], name=op.f("fk_ab_user_group_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_ab_user_group_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user_group")),
        sa.UniqueConstraint("user_id", "group_id", name=op.f("uq_ab_user_group_user_id_group_id")),
    )
    with op.batch_alter_table("ab_user_group", schema=None) as batch_op:
        batch_op.create_index("idx_user_group_id", ["group_id"], unique=False)
        batch_op.create_index("idx_user_id", ["user_id"], unique=False)

    op.create_table(
        "ab_user_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["role_id"], ["ab_role.id"], name=op.f("fk_ab_user_role_role_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_ab_user_role_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_user_role")),
        sa.UniqueConstraint("user_id", "role_id", name=op.f("uq_ab_user_role_user_id_role_id")),
    )
    op.create_table(
        "community",
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("land_area", sa.BigInteger(), nullable=True),
        sa.Column("built_area", sa.BigInteger(), nullable=True),
        sa.Column("usable_area", sa.BigInteger(), nullable=True),
        sa.Column("plot_ratio", sa.BigInteger(), nullable=True),
        sa.Column("green_ratio", sa.BigInteger(), nullable=True),
        sa.Column("coverage_ratio", sa.BigInteger(), nullable=True),
        sa.Column("public_area", sa.BigInteger(), nullable=True),
        sa.Column("green_area", sa.BigInteger(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_community_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
        sa.UniqueConstraint("name", name=op.f("uq_community_name")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("community", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_community_company_id"), ["company_id"], unique=False)

    op.create_table(
        "ab_permission_view_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permission_view_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["permission_view_id"],
            ["ab_permission_view.id"],
            name=op.f("fk_ab_permission_view_role_permission_view_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["ab_role.id"], name=op.f("fk_ab_permission_view_role_role_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_permission_view_role")),
        sa.UniqueConstraint(
            "permission_view_id",
            "role_id",
            name=op.f("uq_ab_permission_view_role_permission_view_id_role_id"),
        ),
    )
    with op.batch_alter_table("ab_permission_view_role", schema=None) as batch_op:
        batch_op.create_index("idx_permission_view_id", ["permission_view_id"], unique=False)
        batch_op.create_index("idx_role_id", ["role_id"], unique=False)

    op.create_table(
        "accounting_period",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=30), server_default="open", nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_accounting_period_state_known")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_accounting_period_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounting_period")),
        sa.UniqueConstraint("community_id", "period", name=op.f("uq_accounting_period_community_id_period")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("accounting_period", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accounting_period_community_id"), ["community_id"], unique=False)

    op.create_table(
        "billing_run",
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("fee_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=30), server_default="computing", nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("previous_total", sa.BigInteger(), nullable=False),
        sa.Column("odd", sa.Integer(), nullable=False),
        sa.Column("unbillable", sa.Integer(), server_default="0", nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("computed_at", sa.DateTime(), nullable=True),
        sa.Column("posted_at", sa.DateTime(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "state IN ('computing', 'ready', 'posting', 'posted', 'cancelled', 'failed')",
            name=op.f("ck_billing_run_state_known"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_billing_run_community_id")),
        sa.ForeignKeyConstraint(["fee_item_id"], ["fee_item.id"], name=op.f("fk_billing_run_fee_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_run")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("billing_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_billing_run_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_billing_run_fee_item_id"), ["fee_item_id"], unique=False)

    op.create_table(
        "building",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("floors", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=True),
        sa.Column("structure", sa.String(length=30), nullable=True),
        sa.Column("purpose", sa.String(length=30), nullable=True),
        sa.Column("facing", sa.String(length=20), nullable=True),
        sa.Column("built_area", sa.BigInteger(), nullable=True),
        sa.Column("usable_area", sa.BigInteger(), nullable=True),
        sa.Column("green_area", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('high_rise', 'small_high_rise', 'multi_storey', 'villa', 'other')",
            name=op.f("ck_building_kind_known"),
        ),
        sa.CheckConstraint(
            "purpose IN ('home', 'shop', 'office', 'factory', 'store', 'other')",
            name=op.f("ck_building_purpose_known"),
        ),
        sa.CheckConstraint(
            "structure IN ('brick', 'frame', 'shear_wall', 'steel', 'other')",
            name=op.f("ck_building_structure_known"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_building_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_building_community_id_name")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("building", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_building_community_id"), ["community_id"], unique=False)

    op.create_table(
        "counter",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_counter_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
        sa.UniqueConstraint("community_id", "kind", "year", name=op.f("uq_counter_community_id_kind_year")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("counter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_counter_community_id"), ["community_id"], unique=False)

    op.create_table(
        "customer",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("sex", sa.String(length=30), nullable=True),
        sa.Column("born", sa.Date(), nullable=True),
        sa.Column("ethnicity", sa.String(length=20), nullable=True),
        sa.Column("marriage", sa.String(length=20), nullable=True),
        sa.Column("identity", sa.Text(), nullable=True),
        sa.Column("identity_hash", sa.String(length=64), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("phone2", sa.String(length=40), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("postcode", sa.String(length=10), nullable=True),
        sa.Column("registered_at", sa.String(length=200), nullable=True),
        sa.Column("employer", sa.String(length=200), nullable=True),
        sa.Column("employer_address", sa.String(length=200), nullable=True),
        sa.Column("emergency_name", sa.String(length=60), nullable=True),
        sa.Column("emergency_phone", sa.String(length=40), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('owner', 'tenant', 'developer', 'merchant')", name=op.f("ck_customer_kind_known")
        ),
        sa.CheckConstraint("sex IN ('male', 'female')", name=op.f("ck_customer_sex_known")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_customer_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint(
            "community_id", "identity_hash", name=op.f("uq_customer_community_id_identity_hash")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_community_id"), ["community_id"], unique=False)
        batch_op.create_index(
            "ix_customer_community_id_name", ["community_id", "name", "phone", "phone2"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_customer_phone"), ["phone"], unique=False)

    op.create_table(
        "fee_standard",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fee_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("method", sa.String(length=30), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint("method IN ('area', 'fixed')", name=op.f("ck_fee_standard_method_known")),
        sa.CheckConstraint("due_days >= 0", name=op.f("ck_fee_standard_due_days")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_fee_standard_community_id")
        ),
        sa.ForeignKeyConstraint(["fee_item_id"], ["fee_item.id"], name=op.f("fk_fee_standard_fee_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_standard")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_fee_standard_community_id_name")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("fee_standard", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fee_standard_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fee_standard_fee_item_id"), ["fee_item_id"], unique=False)

    op.create_table(
        "parking_lot",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_parking_lot_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parking_lot")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_parking_lot_community_id_name")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("parking_lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parking_lot_community_id"), ["community_id"], unique=False)

    op.create_table(
        "scope_grant",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "company_id IS NULL OR community_id IS NULL", name=op.f("ck_scope_grant_one_node")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_scope_grant_community_id")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_scope_grant_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scope_grant")),
        sa.UniqueConstraint(
            "user_id",
            "company_id",
            "community_id",
            name=op.f("uq_scope_grant_user_id_company_id_community_id"),
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("scope_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scope_grant_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scope_grant_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scope_grant_user_id"), ["user_id"], unique=False)

    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_setting_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
        sa.UniqueConstraint("key", "community_id", name=op.f("uq_setting_key_community_id")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("setting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_setting_community_id"), ["community_id"], unique=False)

    op.create_table(
        "fee_standard_version",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("standard_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint("price >= 0", name=op.f("ck_fee_standard_version_price_sign")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_fee_standard_version_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["fee_standard.id"], name=op.f("fk_fee_standard_version_standard_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_standard_version")),
        sa.UniqueConstraint("standard_id", "starts", name=op.f("uq_fee_standard_version_standard_id_starts")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("fee_standard_version", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_fee_standard_version_community_id"), ["community_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_fee_standard_version_standard_id"), ["standard_id"], unique=False
        )

    op.create_table(
        "household_member",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=True),
        sa.Column("sex", sa.String(length=30), nullable=True),
        sa.Column("born", sa.Date(), nullable=True),
        sa.Column("ethnicity", sa.String(length=20), nullable=True),
        sa.Column("marriage", sa.String(length=20), nullable=True),
        sa.Column("identity", sa.Text(), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("registered_at", sa.String(length=200), nullable=True),
        sa.Column("employer", sa.String(length=200), nullable=True),
        sa.Column("employer_address", sa.String(length=200), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint("sex IN ('male', 'female')", name=op.f("ck_household_member_sex_known")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_household_member_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_household_member_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_member")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("household_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_household_member_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_household_member_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "pet",
        sa.Column("breed", sa.String(length=40), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("licence", sa.String(length=40), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_pet_community_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_pet_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pet")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("pet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pet_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pet_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("posting_period", sa.String(length=7), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("tendered", sa.BigInteger(), nullable=False),
        sa.Column("change_given", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=30), server_default="valid", nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("body_hash", sa.String(length=64), nullable=True),
        sa.Column("cashier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("prints", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint("state IN ('valid', 'void')", name=op.f("ck_receipt_state_known")),
        sa.CheckConstraint("tendered = total + change_given", name=op.f("ck_receipt_change_adds_up")),
        sa.CheckConstraint("total > 0", name=op.f("ck_receipt_total_positive")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_receipt_community_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_receipt_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("community_id", "key", name=op.f("uq_receipt_community_id_key")),
        sa.UniqueConstraint("community_id", "number", name=op.f("uq_receipt_community_id_number")),
        sa.UniqueConstraint(
            "community_id", "year", "serial", name=op.f("uq_receipt_community_id_year_serial")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_cashier_id"), ["cashier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_community_id"), ["community_id"], unique=False)
        batch_op.create_index("ix_receipt_community_id_day", ["community_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_receipt_key", ["key"], unique=False)
        batch_op.create_index("ix_receipt_number", ["number"], unique=False)

    op.create_table(
        "room",
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("building_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=20), server_default="", nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("facing", sa.String(length=20), nullable=True),
        sa.Column("layout", sa.String(length=30), nullable=True),
        sa.Column("area", sa.BigInteger(), nullable=False),
        sa.Column("inside_area", sa.BigInteger(), nullable=True),
        sa.Column("ownership", sa.String(length=30), nullable=True),
        sa.Column("purpose", sa.String(length=30), nullable=True),
        sa.Column("vacant", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("decorated", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("state", sa.String(length=30), server_default="unsold", nullable=False),
        sa.Column("handed_over", sa.Date(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "purpose IN ('home', 'shop', 'office', 'factory', 'store', 'other')",
            name=op.f("ck_room_purpose_known"),
        ),
        sa.CheckConstraint("state IN ('unsold', 'sold')", name=op.f("ck_room_state_known")),
        sa.CheckConstraint("area > 0", name=op.f("ck_room_area_positive")),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_room_building_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_room_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("building_id", "unit", "number", name=op.f("uq_room_building_id_unit_number")),
        sa.UniqueConstraint("community_id", "code", name=op.f("uq_room_community_id_code")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_building_id"), ["building_id"], unique=False)
        batch_op.create_index("ix_room_building_unit_code", ["building_id", "unit", "code"], unique=False)
        batch_op.create_index(batch_op.f("ix_room_community_id"), ["community_id"], unique=False)

    op.create_table(
        "occupancy",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("payer", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("moved_in", sa.Date(), nullable=True),
        sa.Column("contract", sa.String(length=60), nullable=True),
        sa.Column("contract_area", sa.BigInteger(), nullable=True),
        sa.Column("payment", sa.String(length=30), nullable=True),
        sa.Column("purpose", sa.String(length=30), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "payment IN ('once', 'instalments', 'mortgage')", name=op.f("ck_occupancy_payment_known")
        ),
        sa.CheckConstraint(
            "purpose IN ('home', 'shop', 'office', 'factory', 'store', 'other')",
            name=op.f("ck_occupancy_purpose_known"),
        ),
        sa.CheckConstraint("role IN ('owner', 'co_owner', 'tenant')", name=op.f("ck_occupancy_role_known")),
        sa.CheckConstraint(
            "ends IS NULL OR starts IS NULL OR ends >= starts", name=op.f("ck_occupancy_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_occupancy_community_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_occupancy_customer_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_occupancy_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupancy")),
        sa.UniqueConstraint(
            "room_id",
            "customer_id",
            "role",
            "starts",
            name=op.f("uq_occupancy_room_id_customer_id_role_starts"),
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("occupancy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_occupancy_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_occupancy_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_occupancy_room_id"), ["room_id"], unique=False)

    op.create_table(
        "parking_space",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=True),
        sa.Column("area", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=30), server_default="free", nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('owned', 'civil_defence', 'micro', 'public', 'other')",
            name=op.f("ck_parking_space_kind_known"),
        ),
        sa.CheckConstraint("state IN ('free', 'sold', 'let')", name=op.f("ck_parking_space_state_known")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_parking_space_community_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_parking_space_customer_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["parking_lot.id"], name=op.f("fk_parking_space_lot_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_parking_space_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parking_space")),
        sa.UniqueConstraint(
            "community_id", "lot_id", "number", name=op.f("uq_parking_space_community_id_lot_id_number")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("parking_space", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parking_space_community_id"), ["community_id"], unique=False)
        batch_op.create_index(
            "ix_parking_space_community_id_number", ["community_id", "number"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_parking_space_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parking_space_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parking_space_room_id"), ["room_id"], unique=False)

    op.create_table(
        "receipt_tender",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tender", sa.String(length=30), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "tender IN ('cash', 'wechat', 'alipay', 'card', 'transfer')",
            name=op.f("ck_receipt_tender_tender_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_receipt_tender_amount_positive")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_receipt_tender_community_id")
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_tender_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_tender")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("receipt_tender", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_tender_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_tender_receipt_id"), ["receipt_id"], unique=False)

    op.create_table(
        "receipt_void",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_receipt_void_community_id")
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_void_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_void")),
        sa.UniqueConstraint("receipt_id", name=op.f("uq_receipt_void_receipt_id")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("receipt_void", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_void_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_void_receipt_id"), ["receipt_id"], unique=False)

    op.create_table(
        "room_area",
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("area", sa.BigInteger(), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint("area > 0", name=op.f("ck_room_area_area_positive")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_room_area_community_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_area_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_area")),
        sa.UniqueConstraint("room_id", "starts", name=op.f("uq_room_area_room_id_starts")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("room_area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_area_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_room_area_room_id"), ["room_id"], unique=False)

    op.create_table(
        "fee_assignment",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("standard_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "(room_id IS NULL) <> (space_id IS NULL)", name=op.f("ck_fee_assignment_one_object")
        ),
        sa.CheckConstraint("ends IS NULL OR ends >= starts", name=op.f("ck_fee_assignment_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_fee_assignment_community_id")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_fee_assignment_room_id")),
        sa.ForeignKeyConstraint(["space_id"], ["parking_space.id"], name=op.f("fk_fee_assignment_space_id")),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["fee_standard.id"], name=op.f("fk_fee_assignment_standard_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_assignment")),
        sa.UniqueConstraint(
            "standard_id", "room_id", "starts", name=op.f("uq_fee_assignment_standard_id_room_id_starts")
        ),
        sa.UniqueConstraint(
            "standard_id", "space_id", "starts", name=op.f("uq_fee_assignment_standard_id_space_id_starts")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("fee_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fee_assignment_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fee_assignment_room_id"), ["room_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fee_assignment_space_id"), ["space_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fee_assignment_standard_id"), ["standard_id"], unique=False)

    op.create_table(
        "vehicle",
        sa.Column("plate", sa.String(length=20), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("brand", sa.String(length=40), nullable=True),
        sa.Column("model", sa.String(length=40), nullable=True),
        sa.Column("colour", sa.String(length=20), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_vehicle_community_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_vehicle_customer_id")),
        sa.ForeignKeyConstraint(["space_id"], ["parking_space.id"], name=op.f("fk_vehicle_space_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("vehicle", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vehicle_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_vehicle_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_vehicle_plate"), ["plate"], unique=False)
        batch_op.create_index(batch_op.f("ix_vehicle_space_id"), ["space_id"], unique=False)

    op.create_table(
        "billing_line",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("building_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fee_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("standard_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("posting_period", sa.String(length=7), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("waived", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("previous", sa.BigInteger(), nullable=True),
        sa.Column("oddness", sa.Integer(), nullable=False),
        sa.Column("odd", sa.String(length=30), nullable=True),
        sa.Column("billable", sa.Boolean(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "odd IN ('no_payer', 'no_price', 'no_area', 'zero', 'risen', 'fallen', 'new')",
            name=op.f("ck_billing_line_odd_known"),
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["fee_assignment.id"], name=op.f("fk_billing_line_assignment_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_billing_line_customer_id")),
        sa.ForeignKeyConstraint(["run_id"], ["billing_run.id"], name=op.f("fk_billing_line_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_line")),
        sa.UniqueConstraint(
            "run_id", "assignment_id", "starts", name=op.f("uq_billing_line_run_id_assignment_id_starts")
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_table(
        "charge",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("building_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assignment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fee_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("standard_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("posting_period", sa.String(length=7), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("waived", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source", sa.String(length=30), nullable=True),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("part", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waived_later", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("adjusted", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("paid", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount = gross - waived", name=op.f("ck_charge_amount_adds_up")),
        sa.CheckConstraint(
            "due = amount + adjusted - waived_later - paid", name=op.f("ck_charge_due_adds_up")
        ),
        sa.CheckConstraint("ends >= starts", name=op.f("ck_charge_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["fee_assignment.id"], name=op.f("fk_charge_assignment_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_charge_customer_id")),
        sa.ForeignKeyConstraint(["run_id"], ["billing_run.id"], name=op.f("fk_charge_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
        sa.UniqueConstraint("assignment_id", "starts", name=op.f("uq_charge_assignment_id_starts")),
        sa.UniqueConstraint("source", "source_id", "part", name=op.f("uq_charge_source_source_id_part")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("charge", schema=None) as batch_op:
        batch_op.create_index(
            "ix_charge_building_id_due", ["building_id", "due", "community_id"], unique=False
        )
        batch_op.create_index("ix_charge_customer_id_due", ["customer_id", "due"], unique=False)
        batch_op.create_index("ix_charge_list", ["community_id", "id", "amount", "paid", "due"], unique=False)
        batch_op.create_index(
            "ix_charge_month",
            ["community_id", "posting_period", "building_id", "fee_item_id", "amount", "waived"],
            unique=False,
        )
        batch_op.create_index("ix_charge_room_id", ["room_id"], unique=False)
        batch_op.create_index("ix_charge_run_id", ["run_id"], unique=False)
        batch_op.create_index("ix_charge_space_id", ["space_id"], unique=False)

    op.create_table(
        "allocation",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("building_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fee_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("receipt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("charge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("posting_period", sa.String(length=7), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint("kind IN ('payment', 'void')", name=op.f("ck_allocation_kind_known")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_allocation_amount_not_zero")),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_allocation_charge_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_allocation_community_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_allocation_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_charge_id"), ["charge_id"], unique=False)
        batch_op.create_index("ix_allocation_list", ["community_id", "id", "amount"], unique=False)
        batch_op.create_index(
            "ix_allocation_month",
            ["community_id", "posting_period", "building_id", "fee_item_id", "period", "amount"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_allocation_receipt_id"), ["receipt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_allocation_room_id"), ["room_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_allocation_space_id"), ["space_id"], unique=False)


def downgrade() -> None:
    op.drop_table("allocation")
    op.drop_table("charge")
    op.drop_table("billing_line")
    op.drop_table("vehicle")
    op.drop_table("fee_assignment")
    op.drop_table("room_area")
    op.drop_table("receipt_void")
    op.drop_table("receipt_tender")
    op.drop_table("parking_space")
    op.drop_table("occupancy")
    op.drop_table("room")
    op.drop_table("receipt")
    op.drop_table("pet")
    op.drop_table("household_member")
    op.drop_table("fee_standard_version")
    op.drop_table("setting")
    op.drop_table("scope_grant")
    op.drop_table("parking_lot")
    op.drop_table("fee_standard")
    op.drop_table("customer")
    op.drop_table("counter")
    op.drop_table("building")
    op.drop_table("billing_run")
    op.drop_table("accounting_period")
    op.drop_table("ab_permission_view_role")
    op.drop_table("community")
    op.drop_table("ab_user_role")
    op.drop_table("ab_user_group")
    op.drop_table("ab_permission_view")
    op.drop_table("ab_group_role")
    op.drop_table("ab_api_key")
    op.drop_table("login_record")
    op.drop_table("job")
    op.drop_table("history")
    op.drop_table("fee_item")
    op.drop_table("company")
    op.drop_table("ab_view_menu")
    op.drop_table("ab_user")
    op.drop_table("ab_role")
    op.drop_table("ab_register_user")
    op.drop_table("ab_permission")
    op.drop_table("ab_group")

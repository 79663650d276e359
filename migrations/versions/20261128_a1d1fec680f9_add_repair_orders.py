"""Add repair orders"""

import sqlalchemy as sa
from alembic import op

revision = "a1d1fec680f9"
down_revision = "c2845727189c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "technician_trade",
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("employee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trade", sa.String(length=30), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_technician_trade_company_id")),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employee.id"], name=op.f("fk_technician_trade_employee_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technician_trade")),
        sa.UniqueConstraint("employee_id", "trade", name=op.f("uq_technician_trade_employee_id_trade")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("technician_trade", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_technician_trade_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_technician_trade_employee_id"), ["employee_id"], unique=False)

    op.create_table(
        "repair_order",
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("urgent", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("building_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("place", sa.String(length=100), nullable=True),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reporter", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("source", sa.String(length=30), nullable=False),
        sa.Column("trade", sa.String(length=30), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("appointment", sa.DateTime(), nullable=True),
        sa.Column("planned_day", sa.Date(), nullable=True),
        sa.Column("estimated_cost", sa.BigInteger(), nullable=True),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("technician_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("dispatched_by", sa.String(length=100), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(), nullable=True),
        sa.Column("promised_day", sa.Date(), nullable=True),
        sa.Column("delay_reason", sa.Text(), nullable=True),
        sa.Column("awaiting_material", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("paused", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("unfinished_reason", sa.Text(), nullable=True),
        sa.Column("work_done", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("signed_by", sa.String(length=64), nullable=True),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("proxy_reason", sa.String(length=200), nullable=True),
        sa.Column("checked_by", sa.String(length=100), nullable=True),
        sa.Column("check_opinion", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("rating", sa.String(length=30), nullable=True),
        sa.Column("rating_words", sa.Text(), nullable=True),
        sa.Column("chargeable", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("material_total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("labour", sa.BigInteger(), nullable=True),
        sa.Column("charge_amount", sa.BigInteger(), nullable=True),
        sa.Column("fee_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rank", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state_since", sa.DateTime(), nullable=True),
        sa.Column("overdue", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint("rating IN ('5', '4', '3', '2', '1')", name=op.f("ck_repair_order_rating_known")),
        sa.CheckConstraint(
            "state IN ('registered', 'passed', 'dispatched', 'working', 'waiting', 'delayed', 'to_sign', 'to_check', 'closed', 'cancelled')",
            name=op.f("ck_repair_order_state_known"),
        ),
        sa.CheckConstraint(
            "charge_amount >= 0 AND labour >= 0 AND estimated_cost >= 0",
            name=op.f("ck_repair_order_costs_not_negative"),
        ),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_repair_order_building_id")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_repair_order_community_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_repair_order_customer_id")),
        sa.ForeignKeyConstraint(["fee_item_id"], ["fee_item.id"], name=op.f("fk_repair_order_fee_item_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_repair_order_room_id")),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["employee.id"], name=op.f("fk_repair_order_technician_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair_order")),
        sa.UniqueConstraint("community_id", "number", name=op.f("uq_repair_order_community_id_number")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("repair_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_repair_order_building_id"), ["building_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_repair_order_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_repair_order_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_repair_order_fee_item_id"), ["fee_item_id"], unique=False)
        batch_op.create_index("ix_repair_order_rank_id", ["rank", "id"], unique=False)
        batch_op.create_index("ix_repair_order_reported_at", ["reported_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_repair_order_room_id"), ["room_id"], unique=False)
        batch_op.create_index("ix_repair_order_state_due_at", ["state", "due_at"], unique=False)
        batch_op.create_index("ix_repair_order_technician_id_state", ["technician_id", "state"], unique=False)

    op.create_table(
        "repair_material",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("confirmed_by", sa.String(length=100), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint("quantity > 0 AND price >= 0", name=op.f("ck_repair_material_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_repair_material_community_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["repair_order.id"], name=op.f("fk_repair_material_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair_material")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("repair_material", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_repair_material_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_repair_material_order_id"), ["order_id"], unique=False)


def downgrade() -> None:
    op.drop_table("repair_material")
    op.drop_table("repair_order")
    op.drop_table("technician_trade")

"""Add reminders and late fees"""

import sqlalchemy as sa
from alembic import op

revision = "fff9a8628b93"
down_revision = "7fce0016da00"
branch_labels = None
depends_on = None

BEFORE = "'property', 'parking', 'utility', 'shared', 'rent', 'service', 'fund', 'other'"
NOW = f"{BEFORE}, 'late_fee'"


def upgrade() -> None:
    with op.batch_alter_table("fee_item", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_fee_item_kind_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_fee_item_kind_known"), f"kind IN ({NOW})")
    op.create_table(
        "reminder",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("way", sa.String(length=30), nullable=False),
        sa.Column("promised", sa.Date(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "way IN ('phone', 'visit', 'message', 'letter')", name=op.f("ck_reminder_way_known")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_reminder_community_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_reminder_customer_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_reminder_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_community_id"), ["community_id"], unique=False)
        batch_op.create_index("ix_reminder_customer_id_day", ["customer_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminder_room_id"), ["room_id"], unique=False)


def downgrade() -> None:
    op.drop_table("reminder")
    with op.batch_alter_table("fee_item", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_fee_item_kind_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_fee_item_kind_known"), f"kind IN ({BEFORE})")

"""Add complaints"""

import sqlalchemy as sa
from alembic import op

revision = "187f7ab1d818"
down_revision = "6471db9b087a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaint",
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("room_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("complainer", sa.String(length=100), nullable=False),
        sa.Column("capacity", sa.String(length=30), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.String(length=100), nullable=False),
        sa.Column("taken_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("measures", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("reply_way", sa.String(length=30), nullable=True),
        sa.Column("satisfaction", sa.String(length=30), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("state_since", sa.DateTime(), nullable=True),
        sa.Column("overdue", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "capacity IN ('owner', 'owner_resident', 'tenant_resident', 'tenant', 'visitor', 'other')",
            name=op.f("ck_complaint_capacity_known"),
        ),
        sa.CheckConstraint(
            "channel IN ('visit', 'phone', 'letter', 'online', 'company', 'government', 'other')",
            name=op.f("ck_complaint_channel_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('complaint', 'suggestion', 'praise')", name=op.f("ck_complaint_kind_known")
        ),
        sa.CheckConstraint(
            "reply_way IN ('phone', 'letter', 'in_person', 'email', 'other')",
            name=op.f("ck_complaint_reply_way_known"),
        ),
        sa.CheckConstraint(
            "satisfaction IN ('satisfied', 'accepted', 'other')", name=op.f("ck_complaint_satisfaction_known")
        ),
        sa.CheckConstraint(
            "state IN ('received', 'processing', 'answered', 'closed', 'cancelled')",
            name=op.f("ck_complaint_state_known"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_complaint_community_id")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_complaint_department_id")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_complaint_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("community_id", "number", name=op.f("uq_complaint_community_id_number")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_room_id"), ["room_id"], unique=False)
        batch_op.create_index("ix_complaint_state_community", ["state", "community_id"], unique=False)


def downgrade() -> None:
    op.drop_table("complaint")

"""Add approval limits"""

import sqlalchemy as sa
from alembic import op

revision = "6471db9b087a"
down_revision = "0f0ff607db16"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval_limit",
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('waiver', 'adjustment', 'refund')", name=op.f("ck_approval_limit_kind_known")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_approval_limit_amount_sign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_limit")),
        sa.UniqueConstraint("role", "kind", name=op.f("uq_approval_limit_role_kind")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )


def downgrade() -> None:
    op.drop_table("approval_limit")

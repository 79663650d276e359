"""Add number rules"""

import sqlalchemy as sa
from alembic import op

revision = "51b6022e0a53"
down_revision = "b7ff8d846cbe"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_prefix",
        sa.Column("prefix", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_prefix")),
        sa.UniqueConstraint("prefix", name=op.f("uq_number_prefix_prefix")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_table(
        "number_rule",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("prefix", sa.String(length=6), nullable=False),
        sa.Column("month", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_number_rule_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_rule")),
        sa.UniqueConstraint("kind", "community_id", name=op.f("uq_number_rule_kind_community_id")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("number_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_number_rule_community_id"), ["community_id"], unique=False)


def downgrade() -> None:
    op.drop_table("number_rule")
    op.drop_table("number_prefix")

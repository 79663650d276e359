"""Add notices and passed limits"""

import sqlalchemy as sa
from alembic import op

revision = "04c584af2630"
down_revision = "cfc88ab9df19"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "escalation",
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("limit_name", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("entered", sa.DateTime(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_escalation_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint(
            "document",
            "row_id",
            "limit_name",
            "level",
            "entered",
            name=op.f("uq_escalation_document_row_id_limit_name_level_entered"),
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_escalation_community_id"), ["community_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message", sa.String(length=300), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_notice_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_community_id"), ["community_id"], unique=False)
        batch_op.create_index("ix_notice_user_id_read_at", ["user_id", "read_at"], unique=False)


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_table("escalation")

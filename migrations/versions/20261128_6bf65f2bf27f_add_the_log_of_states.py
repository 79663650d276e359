"""Add the log of states"""

import sqlalchemy as sa
from alembic import op

revision = "6bf65f2bf27f"
down_revision = "51b6022e0a53"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "state_change",
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row_title", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("from_state", sa.String(length=40), nullable=True),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("was", sa.String(length=60), nullable=True),
        sa.Column("became", sa.String(length=60), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(length=100), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_state_change_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state_change")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("state_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_state_change_community_id"), ["community_id"], unique=False)
        batch_op.create_index("ix_state_change_document_row", ["document", "row_id"], unique=False)


def downgrade() -> None:
    op.drop_table("state_change")

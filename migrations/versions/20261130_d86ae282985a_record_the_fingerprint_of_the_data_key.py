"""record the fingerprint of the data key"""

import sqlalchemy as sa
from alembic import op

revision = "d86ae282985a"
down_revision = "1260a07f7885"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_data_key_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )


def downgrade() -> None:
    op.drop_table("data_key")

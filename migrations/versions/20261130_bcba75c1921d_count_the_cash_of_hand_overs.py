"""Count the cash of hand-overs"""

import sqlalchemy as sa
from alembic import op

revision = "bcba75c1921d"
down_revision = "e5ab6eadaaeb"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cash_handover", schema=None) as batch_op:
        batch_op.add_column(sa.Column("counted", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("notes", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("over_short", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("over_short_reason", sa.String(length=200), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_cash_handover_over_short_adds_up"),
            "(counted IS NULL AND over_short = 0) OR over_short = counted - cash",
        )
        batch_op.create_check_constraint(
            op.f("ck_cash_handover_over_short_explained"), "over_short = 0 OR over_short_reason IS NOT NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("cash_handover", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_cash_handover_over_short_explained"), type_="check")
        batch_op.drop_constraint(op.f("ck_cash_handover_over_short_adds_up"), type_="check")
        batch_op.drop_column("over_short_reason")
        batch_op.drop_column("over_short")
        batch_op.drop_column("notes")
        batch_op.drop_column("counted")

"""Add the sums of the months"""

import sqlalchemy as sa
from alembic import op

revision = "7fce0016da00"
down_revision = "309239370d3c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "month_sum",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("posting_period", sa.String(length=7), nullable=False),
        sa.Column("building_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fee_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('charged', 'relieved', 'cash', 'prepayment', 'waiver', 'adjustment')",
            name=op.f("ck_month_sum_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_sum")),
        sa.UniqueConstraint(
            "community_id",
            "posting_period",
            "building_id",
            "fee_item_id",
            "period",
            "kind",
            name="uq_month_sum_key",
        ),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )


    # What the documents came to so far.
    place = "community_id, posting_period, COALESCE(building_id, 0), fee_item_id, period"
    columns = "community_id, posting_period, building_id, fee_item_id, period, kind, amount"
    settled = "CASE WHEN kind IN ('payment', 'void', 'reversal') THEN 'cash' ELSE kind END"
    for kind, amount, source in (
        ("'charged'", "gross", "charge WHERE gross <> 0"),
        ("'relieved'", "-waived", "charge WHERE waived <> 0"),
        (settled, "-amount", "allocation WHERE amount <> 0"),
    ):
        group = place if kind.startswith("'") else f"{place}, {kind}"
        op.execute(
            f"INSERT INTO month_sum ({columns}) "  # noqa: S608
            f"SELECT {place}, {kind}, SUM({amount}) FROM {source} GROUP BY {group}"
        )


def downgrade() -> None:
    op.drop_table("month_sum")

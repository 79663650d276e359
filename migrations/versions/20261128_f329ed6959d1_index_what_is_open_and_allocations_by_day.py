"""Index what is open, and allocations by day"""

import sqlalchemy as sa
from alembic import op

revision = "f329ed6959d1"
down_revision = "a8a879733d81"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.create_index("ix_allocation_charge", ["charge_id", "day", "kind", "amount", "community_id"], unique=False)
        # After the other: MariaDB lets no foreign key stand without an index.
        batch_op.drop_index(batch_op.f("ix_allocation_charge_id"))
        batch_op.create_index(
            "ix_allocation_day",
            ["community_id", "day", "receipt_id", "kind", "fee_item_id", "charge_id", "amount"],
            unique=False,
        )

    with op.batch_alter_table("charge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_charge_month"))
        batch_op.create_index(
            "ix_charge_month",
            ["community_id", "posting_period", "building_id", "fee_item_id", "amount", "waived", "period"],
            unique=False,
        )
        batch_op.create_index(
            "ix_charge_open",
            [
                "community_id",
                "building_id",
                "room_id",
                "space_id",
                "customer_id",
                "due_date",
                "posting_period",
                "fee_item_id",
                "due",
                "gross",
                "waived",
                "waived_later",
                "adjusted",
                "paid",
                "period",
            ],
            unique=False,
            sqlite_where=sa.text("due <> 0"),
            postgresql_where=sa.text("due <> 0"),
        )


def downgrade() -> None:
    with op.batch_alter_table("charge", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_charge_open", sqlite_where=sa.text("due <> 0"), postgresql_where=sa.text("due <> 0")
        )
        batch_op.drop_index("ix_charge_month")
        batch_op.create_index(
            batch_op.f("ix_charge_month"),
            ["community_id", "posting_period", "building_id", "fee_item_id", "amount", "waived"],
            unique=False,
        )

    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_charge_id"), ["charge_id"], unique=False)
        batch_op.drop_index("ix_allocation_day")
        batch_op.drop_index("ix_allocation_charge")

"""Keep the pinyin of customers' names"""

import sqlalchemy as sa
from alembic import op

from app.kernel.pinyin import pinyin_initials, pinyin_key

revision = "c1d82853b57d"
down_revision = "d86ae282985a"
branch_labels = None
depends_on = None


def key_of(length: int) -> sa.types.TypeEngine:
    """A text compared by code point on every database."""
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("name_pinyin", key_of(200), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("name_initials", key_of(100), server_default="", nullable=False)
        )
        batch_op.create_index(batch_op.f("ix_customer_name_initials"), ["name_initials"], unique=False)
    _fill(op.get_bind())


def _fill(connection) -> None:
    """Write the keys of the names that stand there, a thousand rows at a time."""
    customer = sa.table(
        "customer", sa.column("id"), sa.column("name"), sa.column("name_pinyin"), sa.column("name_initials")
    )
    change = (
        customer.update()
        .where(customer.c.id == sa.bindparam("row_id"))
        .values(name_pinyin=sa.bindparam("pinyin"), name_initials=sa.bindparam("initials"))
    )
    last = 0
    while rows := connection.execute(
        sa.select(customer.c.id, customer.c.name)
        .where(customer.c.id > last)
        .order_by(customer.c.id)
        .limit(1000)
    ).all():
        last = rows[-1].id
        connection.execute(
            change,
            [
                {"row_id": row.id, "pinyin": pinyin_key(row.name), "initials": pinyin_initials(row.name)}
                for row in rows
            ],
        )


def downgrade() -> None:
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_name_initials"))
        batch_op.drop_column("name_initials")
        batch_op.drop_column("name_pinyin")

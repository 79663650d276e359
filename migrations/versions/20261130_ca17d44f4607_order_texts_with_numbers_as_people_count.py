"""Order texts with numbers as people count"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "ca17d44f4607"
down_revision = "c1d82853b57d"
branch_labels = None
depends_on = None

# Table, text, and the columns of the index where its list is ordered by it.
TEXTS = (
    ("building", "name", ("community_id",)),
    ("community", "name", ()),
    ("company", "name", ()),
    ("department", "name", ()),
    ("employee", "number", ()),
    ("fee_item", "name", ()),
    ("fee_standard", "name", ("community_id",)),
    ("meter", "number", ("community_id",)),
    ("parking_lot", "name", ("community_id",)),
    ("parking_space", "number", ("community_id",)),
    ("room", "code", ("community_id",)),
    ("room", "unit", None),
    ("room", "number", None),
)
BATCH = 5_000


def order_key(text: str | None) -> str:
    """The key as the product makes it at this revision."""
    folded = unicodedata.normalize("NFKC", text or "").casefold()

    def counted(run: "re.Match[str]") -> str:
        digits = run[0].lstrip("0")[:99]
        return f"{len(digits):02d}{digits}"

    return re.sub("[0-9]+", counted, folded)[:255]


def upgrade() -> None:
    exact = sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql")
    for table, name, leading in TEXTS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(f"{name}_order", exact, server_default="", nullable=False))
        fill(table, name)
        if leading is not None:
            op.create_index(f"ix_{table}_{name}_order", table, [*leading, f"{name}_order"], unique=False)
    op.create_index("ix_customer_name_pinyin", "customer", ["community_id", "name_pinyin"], unique=False)


def fill(table: str, name: str) -> None:
    """Give the rows that are there their keys, by id and some thousand at a time."""
    bind = op.get_bind()
    rows = sa.table(table, sa.column("id"), sa.column(name), sa.column(f"{name}_order"))
    change = (
        rows.update().where(rows.c.id == sa.bindparam("row_id")).values({f"{name}_order": sa.bindparam("key")})
    )
    last = 0
    while True:
        some = bind.execute(
            sa.select(rows.c.id, rows.c[name]).where(rows.c.id > last).order_by(rows.c.id).limit(BATCH)
        ).all()
        if not some:
            return
        bind.execute(change, [{"row_id": key, "key": order_key(text)} for key, text in some])
        last = some[-1][0]


def downgrade() -> None:
    # MariaDB keeps the foreign key's own index only while another begins with its column: it has one.
    op.drop_index("ix_customer_name_pinyin", table_name="customer")
    for table, name, leading in reversed(TEXTS):
        with op.batch_alter_table(table, schema=None) as batch_op:
            if leading is not None:
                batch_op.drop_index(f"ix_{table}_{name}_order")
            batch_op.drop_column(f"{name}_order")

"""Add the dictionary"""

import sqlalchemy as sa
from alembic import op

revision = "e081b4cb7755"
down_revision = "04c584af2630"
branch_labels = None
depends_on = None

TRUE = {"sqlite": "1", "mysql": "1", "mariadb": "1", "postgresql": "true"}


def upgrade() -> None:
    op.create_table(
        "dictionary_entry",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("label", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionary_entry")),
        sa.UniqueConstraint("kind", "code", name=op.f("uq_dictionary_entry_kind_code")),
        sa.UniqueConstraint("kind", "label", name=op.f("uq_dictionary_entry_kind_label")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("community", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=30), nullable=True))
    # What stands in the columns that were free text becomes an entry of its own name.
    for kind, table, column in (
        ("room_layout", "room", "layout"),
        ("room_ownership", "room", "ownership"),
        ("employee_position", "employee", "position"),
    ):
        op.execute(
            "INSERT INTO dictionary_entry (kind, code, label, position, active, row_version) "
            f"SELECT DISTINCT '{kind}', {column}, {column}, 1000, {TRUE[op.get_bind().dialect.name]}, 1 "  # noqa: S608
            f"FROM {table} WHERE {column} IS NOT NULL AND {column} <> ''"
        )


def downgrade() -> None:
    with op.batch_alter_table("community", schema=None) as batch_op:
        batch_op.drop_column("kind")

    op.drop_table("dictionary_entry")

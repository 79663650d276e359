"""Add the office's menu"""

import sqlalchemy as sa
from alembic import op

revision = "c2845727189c"
down_revision = "b4ea3c1c3421"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "menu_item",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("parent", sa.String(length=60), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=30), nullable=True),
        sa.Column("icon", sa.String(length=60), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("hidden", sa.Boolean(), server_default="0", nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.CheckConstraint(
            "(kind = 'link' AND url IS NOT NULL) OR (kind <> 'link' AND url IS NULL)",
            name=op.f("ck_menu_item_links_lead_out"),
        ),
        sa.CheckConstraint(
            "kind IN ('module', 'page') OR label IS NOT NULL", name=op.f("ck_menu_item_own_are_named")
        ),
        sa.CheckConstraint(
            "kind IN ('module', 'page', 'group', 'link')", name=op.f("ck_menu_item_kind_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menu_item")),
        sa.UniqueConstraint("name", name=op.f("uq_menu_item_name")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    op.create_table(
        "menu_item_hidden",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["menu_item.id"], name=op.f("fk_menu_item_hidden_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["ab_role.id"], name=op.f("fk_menu_item_hidden_role_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "role_id", name=op.f("pk_menu_item_hidden")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    with op.batch_alter_table("menu_item_hidden", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_menu_item_hidden_role_id"), ["role_id"], unique=False)


def downgrade() -> None:
    op.drop_table("menu_item_hidden")
    op.drop_table("menu_item")

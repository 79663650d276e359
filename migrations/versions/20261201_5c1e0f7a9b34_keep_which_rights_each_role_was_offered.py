"""keep which rights each role was offered"""

import sqlalchemy as sa
from alembic import op

revision = "5c1e0f7a9b34"
down_revision = "5f0c1a7b9d24"
branch_labels = None
depends_on = None


def upgrade() -> None:
    offered = op.create_table(
        "offered_right",
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("permission_view_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_view_id"],
            ["ab_permission_view.id"],
            name=op.f("fk_offered_right_permission_view_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["role_id"], ["ab_role.id"], name=op.f("fk_offered_right_role_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("role_id", "permission_view_id", name=op.f("pk_offered_right")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    # A document whose rights the office has changed on a role stays as the office left it: all of them count as offered.
    rights = sa.table("ab_permission_view", sa.column("id"), sa.column("view_menu_id"))
    views = sa.table("ab_view_menu", sa.column("id"), sa.column("name"))
    roles = sa.table("ab_role", sa.column("id"))
    history = sa.table("history", sa.column("document"), sa.column("row_id"), sa.column("field"))
    bind = op.get_bind()
    living = set(bind.scalars(sa.select(roles.c.id)))
    touched = {
        (role_id, field)
        for role_id, field in bind.execute(
            sa.select(history.c.row_id, history.c.field).where(
                history.c.document == "Role", history.c.field.like("right.%")
            )
        )
    }
    keys: dict[str, list[int]] = {}
    for key, name in bind.execute(
        sa.select(rights.c.id, views.c.name).join_from(rights, views, rights.c.view_menu_id == views.c.id)
    ):
        keys.setdefault(f"right.{name}"[:60], []).append(key)
    rows = [
        {"role_id": role_id, "permission_view_id": key}
        for role_id, field in sorted(touched)
        if role_id in living
        for key in keys.get(field, ())
    ]
    if rows:
        op.bulk_insert(offered, rows)


def downgrade() -> None:
    op.drop_table("offered_right")

"""物业管理: the property office's back-office."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(config: Mapping[str, Any] | None = None) -> "Flask":
    """Make the app from the environment's settings, overridden by `config`.

    Imports stand inside, so that rules, kernel and the reader of workbooks start without any of this.
    """
    from flask import Flask
    from flask_appbuilder import AppBuilder
    from flask_migrate import Migrate

    import config as office
    from app import modules

    # Flask-AppBuilder's security views configure the mappers when imported: every document is declared first.
    manifests = modules.load()
    from app.lowcode import commands, data_key, errors, frame, jobs, permissions, security
    from app.lowcode.db import db, init_db
    from app.lowcode.engine import init_engine
    from app.lowcode.static_files import Sessions, static_address

    app = Flask(__name__, static_url_path=static_address())
    app.session_interface = Sessions()
    app.config.update(
        office.settings() if config is None else {**office.settings(config.get("ENVIRON", {})), **config}
    )
    init_engine(app)
    init_db(app)
    data_key.init_data_key(app)
    with app.app_context():
        from app.lowcode.home import HomeView

        jobs.init_jobs(app)
        security.init_security(app)
        AppBuilder(app, db.session, indexview=HomeView, security_manager_class=security.OfficeSecurityManager)
        permissions.init_gate(app)
        errors.init_errors(app)
        frame.init_frame(app)
        modules.register(app, manifests)
        Migrate(app, db, directory=str(office.ROOT / "migrations"), render_as_batch=True)
        commands.register(app)
    return app

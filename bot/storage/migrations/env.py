"""Alembic runs this file; the connection comes from `bot.storage.migrate`, with its transaction begun."""

from alembic import context

from bot.storage.tables import REVISION_TABLE, Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    version_table=REVISION_TABLE,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()

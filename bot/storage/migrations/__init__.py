"""The database's revisions, shipped with the program; `bot.storage.migrate` runs them."""

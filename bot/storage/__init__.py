"""What is kept, in SQLite or PostgreSQL: settings, consents, consultation rows, feedback; never a question."""

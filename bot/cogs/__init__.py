"""Discord only: commands in, replies out; no consultation logic."""

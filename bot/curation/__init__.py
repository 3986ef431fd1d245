"""Answers that a named supervisor stands behind: their life, their files, and how askers find them."""

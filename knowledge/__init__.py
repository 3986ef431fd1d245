"""The curated knowledge base: cards on rupture and repair, and how they are read, indexed and found."""

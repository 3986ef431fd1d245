"""The knowledge base as static pages: written from the cards, built by Zensical, read without a network."""

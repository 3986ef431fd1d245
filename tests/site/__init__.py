"""Tests of the knowledge base as pages."""

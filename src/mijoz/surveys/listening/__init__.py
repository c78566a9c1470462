"""Interviews and open answers kept as passages, coded by themes: see docs/listening.md."""

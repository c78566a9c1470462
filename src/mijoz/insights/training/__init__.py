"""Training by role: short exercises on an invented business, and a certificate. See docs/roadmap.md."""

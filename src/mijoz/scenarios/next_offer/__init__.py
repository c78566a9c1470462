"""What to offer each customer next, and why: see docs/learning.md."""

"""By which channel and at what hours each customer is written to: see docs/learning.md."""

"""The road map of the roll-out: six steps, their states read from the system. See docs/roadmap.md."""

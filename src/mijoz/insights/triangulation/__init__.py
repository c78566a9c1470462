"""Survey, interview and log side by side for each theme. See docs/listening.md."""

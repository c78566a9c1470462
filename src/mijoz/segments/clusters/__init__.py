"""Groups that customers fall into by themselves, offered as segments: see docs/learning.md."""

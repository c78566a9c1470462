"""Gaps of service quality by scenario: expected against perceived, and which scenario is meant to close which gap."""

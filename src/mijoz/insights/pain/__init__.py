"""Pain points: which segment at which touchpoint, branch or channel is served worse than the rest."""

"""Where each account stands: tier, scores, cuts, quadrant. Contract value never moves a score."""

"""What earlier runs found, and what moved since."""

"""A process that reads a GitHub which changes, lags and fails, killed at random: `make soak`."""

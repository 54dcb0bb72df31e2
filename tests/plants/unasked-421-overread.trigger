421 shutting down
421 again

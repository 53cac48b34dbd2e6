"""What repositories show, kept: evaluations of their files, by our own probes and by other tools."""

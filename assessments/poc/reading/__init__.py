"""Readers of what proofs of concept hold beyond those of the probes. Each takes text and raises Malformed, never
anything else, in bounded time. None runs, imports or builds what it reads."""

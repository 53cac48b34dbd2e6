"""Learning: what people work through, what teams try out in their repositories, and what was found there."""

"""Whether what the content links is still there: asked on request only, politely, and never of this network."""

"""The HTTP server: what listens, what is served there, and what bounds it."""

"""How fast the gateway is beside servers that somebody wrote by hand for the same work."""

"""Sources of the GraphiQL page, and the script that builds it; nothing here is imported by the gateway."""

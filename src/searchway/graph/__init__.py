"""The GraphQL face: schema, execution and HTTP. Knows the engine, never the gRPC face or an HTTP client."""

"""The contract: what the proto files say, as records. Pure."""

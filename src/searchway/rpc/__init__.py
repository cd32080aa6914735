"""The gRPC face: every operation of the contract as a unary call, with reflection and health."""

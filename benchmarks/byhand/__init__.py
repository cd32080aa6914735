"""The servers to compare with: what somebody would write who needs these few operations and nothing else."""

"""Between messages and HTTP, both ways, by the records of the contract alone. Pure."""

"""STS's operations, a file a noun: typed signatures and checks."""

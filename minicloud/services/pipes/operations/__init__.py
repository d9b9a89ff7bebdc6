"""Pipes' operations, a file a noun: typed signatures, checks in AWS's order, and the answers."""

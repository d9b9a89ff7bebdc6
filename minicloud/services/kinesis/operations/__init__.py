"""Kinesis's operations, a file a noun: typed signatures, checks in AWS's order, and what the nouns are asked to do.

Mechanisms are not here but with the nouns, one folder up. Groups of operations inherit from ``KinesisState``, or from
the group whose helpers they need.
"""

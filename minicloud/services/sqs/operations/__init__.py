"""AWS's operations, a file a noun.

An operation checks its parameters in AWS's order, raises AWS's errors, changes queues through their methods, and makes
the answer. What lives longer than a call is not kept here, but in ``SqsState`` and in the queues.
"""

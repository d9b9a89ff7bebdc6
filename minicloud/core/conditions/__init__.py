"""What the two languages of conditions share: SNS's filter policies and EventBridge's event patterns.

Both are JSON documents that say, field by field, which values a message may have, and both go back to one library of
AWS's. They differ in grammar, in operators, in how they compare numbers and in their errors: that is each one's own
(``services/sns/filter/``, ``core/event_pattern/``). Here is what is the same: the tokens of a document with the column
that AWS's parser shows (``tokens``), the tree of clauses, what is asked of it and the elements of arrays (``clauses``),
addresses and wildcards (``values``), and the explanation in words (``explaining``).
"""

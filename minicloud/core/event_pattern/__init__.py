"""EventBridge's event patterns: read, compiled, asked, explained. One matcher for rules, mapping filters and pipes.

    pattern = compile_pattern(text)              # raises EventPatternError: its text is AWS's reason, with the location
    pattern.matches(event)                       # an event as json.loads or read_event makes it
    pattern.accepts(document_of(event))          # the same, for many patterns and one event

``compile_pattern``, ``Pattern`` and ``document_of`` are in ``matcher``, ``EventPatternError`` in ``errors``,
``MAPPING_OPERATORS`` (what a filter of an event source mapping may use) in ``grammar``, ``read_event`` in ``values``,
``explain_pattern`` in ``explain``. What EventBridge and Lambda each say about a pattern that is refused is theirs: the
services put the error's text into their own exception.

Text to tokens to a tree (``grammar``), the tree to rows that are held against a flattened event (``matcher``); the
tree, the tokens and the elements of arrays are shared with SNS's filter policies (``core/conditions``), the grammar,
the operators and the numbers are not. Buses, rules and mappings are not known here.
"""

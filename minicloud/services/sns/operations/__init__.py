"""SNS's operations, a file a noun.

An operation's signature is AWS's request. Everything is checked before anything is changed, so that a call that is
refused leaves no trace; rules that more than one operation has stand with their nouns, one folder up.
"""

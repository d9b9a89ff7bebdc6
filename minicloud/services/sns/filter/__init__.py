"""Filter policies: read, compiled, asked, explained.

Text to tokens to a tree (``tokens``, ``grammar``), the tree to what can be asked quickly (``policy``), a message to
what is asked about (``document``, ``values``), and all of it once more in words (``explain``). Topics and subscriptions
are not known here.
"""

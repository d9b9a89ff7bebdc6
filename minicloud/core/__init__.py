"""What services are made of: declarations, time as integers, effects, ids, limits.

No clock, lock, thread, loop or socket is known here.
"""

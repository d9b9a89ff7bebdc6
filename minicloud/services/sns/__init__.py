"""Amazon SNS: topics, subscriptions, fan-out, deliveries and their failures.

``service.py`` says what clients have to know, ``state.py`` holds an account's SNS in a region, ``operations/`` are the
calls, ``errors.py`` the texts, ``facts.py`` what the recorder is told; every other file is a noun of SNS. Nothing here
knows a clock, a lock, a loop, a socket, or another service: what is to happen elsewhere is an effect in the outbox.
"""

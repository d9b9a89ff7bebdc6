"""The endpoint: a cloud for other processes and languages, over HTTP."""

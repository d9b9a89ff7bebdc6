"""The app: what is stored, what is served, what a worker does."""

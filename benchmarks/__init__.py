"""What minicloud costs, measured as ratios against floors of the same run; see ``run.py``."""

"""The running cloud: one lock, a clock, what is due, who sleeps, who runs foreign code, who records."""

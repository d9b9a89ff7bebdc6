"""The part of AWS STS that applications ask for in passing: who is calling."""

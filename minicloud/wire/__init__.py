"""AWS's protocols: requests read, answers written."""

"""AWS Lambda: functions, their versions and aliases, how they are invoked, and what is mapped to them."""

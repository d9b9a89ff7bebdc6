"""EventBridge: buses, rules and targets."""

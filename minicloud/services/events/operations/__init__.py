"""The operations of EventBridge, a file for each noun."""

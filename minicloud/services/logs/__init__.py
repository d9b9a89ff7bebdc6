"""The part of CloudWatch Logs that tests read what functions printed with: log groups, their streams and events."""

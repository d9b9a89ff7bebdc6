"""The operations of Firehose, a file a noun."""

"""EventBridge Pipes: from a queue or a stream, past filters and an enrichment, to a target."""

"""Looking into queues, topics and streams without touching them."""

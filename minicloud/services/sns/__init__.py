"""Amazon SNS: topics, subscriptions, fan-out, deliveries and their failures."""

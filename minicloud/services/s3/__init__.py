"""Amazon S3, as far as it causes what goes through queues, topics and functions: buckets, objects, notifications."""

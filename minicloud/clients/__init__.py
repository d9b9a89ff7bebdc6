"""The boto3-like shells over the services: sync and asyncio clients, resources, paginators, waiters, sessions."""

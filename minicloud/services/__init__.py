"""The AWS services, a folder each, all of one shape. They know ``core`` and their own folder, never each other."""

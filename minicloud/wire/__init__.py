"""AWS's protocols: requests read, answers written. Nothing of clients, of boto3 or of a server is known here."""

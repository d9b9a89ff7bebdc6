"""What a test asks of a cloud: views, trace, ledger, proofs, assertions, snapshots, pages."""

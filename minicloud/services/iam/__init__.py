"""The part of IAM that deployment code runs before it makes a function: roles and policies, kept without effect."""

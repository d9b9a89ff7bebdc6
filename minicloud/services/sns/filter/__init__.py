"""Filter policies: read, compiled, asked, explained."""

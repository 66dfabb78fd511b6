"""What texts say in whatever file: commands, addresses, secrets, hidden characters, JSON and YAML as data."""

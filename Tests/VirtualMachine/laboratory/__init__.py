"""What scenarios are made of: the virtual bus, the programs, the stream of predictions."""

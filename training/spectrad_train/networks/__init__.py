"""The networks that the workshop fits."""

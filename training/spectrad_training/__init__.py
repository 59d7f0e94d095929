"""The workshop that turns labelled recordings into a model bundle for spectrad."""

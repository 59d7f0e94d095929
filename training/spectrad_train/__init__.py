"""The workshop that turns labelled recordings into a model bundle for spectrad.

The data flows one way: `samples` reads recordings and labels, `method` and `constants` say how the
daemon preprocesses them, `cross_validation` measures every model over folds, `members` trains what
ships, `bundle` and `golden` write it, `report` shows it.
"""

"""The documentation; a package only so that `python -m docs.written` can write the lists that code knows best."""

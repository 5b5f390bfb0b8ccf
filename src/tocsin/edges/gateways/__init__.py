"""One module per outside protocol."""

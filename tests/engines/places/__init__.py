"""The address search, on two made towns and on San Francisco."""

"""The front door: commands for people; settings are read once, here."""

def main() -> int:
    """Run the command line."""
    return 0

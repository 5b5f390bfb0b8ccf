"""What is laid out for installing a floor, held against the command line, systemd and the tree."""

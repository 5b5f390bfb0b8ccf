"""A working shift of real calls through a real browser: the house in a process of its own, a dispatcher's hands, and the counting after."""

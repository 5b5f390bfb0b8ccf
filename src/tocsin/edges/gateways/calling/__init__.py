"""Calls people who are signed on, by Web Push, short message and mail, until one of them acknowledges."""

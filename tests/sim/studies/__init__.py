"""Tests of studies: what is asked, what is played, and what it comes to."""

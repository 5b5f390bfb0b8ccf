"""Tests of what is attached: pictures drawn anew, documents looked through."""

"""Tests of travel times and routes."""

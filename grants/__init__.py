"""Rounds and applications."""

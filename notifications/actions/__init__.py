"""Verbs of this floor: what people do with notices and letters, and what their clocks do."""

"""What actions, batches and the demo share: writes inside an open transaction."""

"""What the pages that show rows cost."""

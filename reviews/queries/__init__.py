"""What the jury and committee floor reads."""

"""What must hold when everything goes wrong at once, measured: ``python -m benchmarks.soak``."""

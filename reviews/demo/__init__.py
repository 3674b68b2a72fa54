"""The demo: an invented fund with its people, rounds and cases, made of the same steps as people's actions."""

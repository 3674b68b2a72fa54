"""Pages of this floor: the outbox, the mail room, one's messages, the demo's mail box."""

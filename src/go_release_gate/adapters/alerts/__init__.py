"""Ways in which people are told: issues, webhooks, chats, commands."""

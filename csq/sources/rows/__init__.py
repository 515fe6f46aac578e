"""Tables of text to typed rows, each fault with its line."""

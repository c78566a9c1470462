"""What became of a message after the mail server took it: delivered, come back, called spam, opened, clicked."""

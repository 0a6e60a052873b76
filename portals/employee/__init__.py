"""The portal of the company's own people."""

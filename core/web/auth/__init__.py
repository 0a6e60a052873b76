"""Sign-in, set-up and password pages: everything below ``/auth/``."""

"""The bundled portals."""

"""Binary evidence addressed by its SHA-256: inspection, storage, thumbnails, signed links."""

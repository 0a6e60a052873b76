"""All entities of the documents plugin, in the order their tables are made."""

from __future__ import annotations

from weft.plugins.documents.models.certificates import Certificate, CertificateVersion
from weft.plugins.documents.models.contracts import Contract, Party, Step
from weft.plugins.documents.models.library import Document, Folder, Reading, Template, Version

__all__ = ["ENTITIES"]

ENTITIES = [Folder, Document, Version, Reading, Template, Contract, Party, Step, Certificate, CertificateVersion]

"""Certificates of the demo's suppliers: one ends in twenty days, one waits, the others are good for a while."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

from weft.core.sdk import files

__all__ = ["make_certificates"]

#: Supplier, names, kind, number, issuer, days until its end.
_KEPT = (
    ("shuohe", "Quality management", "质量管理体系认证", "quality", "QMS-20417", "Certification house East", 20),
    ("shuohe", "Pressure testing of castings", "铸件耐压检测资质", "calibration", "PT-3380", "Test house Ningbo", 214),
    ("shuohe", "Environmental management", "环境管理体系认证", "environment", "EMS-11902", "Certification house East", 402),
    ("nordlyng", "Quality management", "质量管理体系认证", "quality", "N-88213", "Norsk Prøving", 300),
    ("lingke", "Quality management", "质量管理体系认证", "quality", "QMS-55120", "Certification house East", 131),
    ("ruoling", "Calibration laboratory", "校准实验室认可", "calibration", "CAL-0719", "Accreditation board", 44),
    ("vesterlund", "Liability insurance", "责任保险", "insurance", "POL-204477", "Insurer of the North Sea", 96),
    ("vesterlund", "Work in confined spaces", "受限空间作业资质", "safety", "VCA-5531", "Safety institute", 510),
)  # fmt: skip


def make_certificates(context: Any) -> None:
    """Write them with a paper each; whoever looks after the supplier looks after them."""
    known = [one for one in _KEPT if one[0] in context.made]
    if not known:
        return
    with context.acting(None, context.moment(-200)) as records:
        rows = []
        for key, name, alt, kind, number, issuer, left in known:
            ends = (context.moment(0) + timedelta(days=left)).date()
            holder = context.made[key]
            owner = records.find(holder).get("owner")
            text = f"# {name}\n{alt}\n\n| Number | {number} |\n| Issued by | {issuer} |\n| Valid until | {ends} |"
            paper = files.make_pdf(text, name)
            row: dict[str, Any] = {
                "name": name, "name_alt": alt, "holder": holder, "kind": kind, "cert_no": number, "issuer": issuer,
                "ends_on": ends, "status": "valid",
            }  # fmt: skip
            if owner is not None:
                row["owner"] = owner.id
            if not paper.reason:
                received = files.receive(records.runtime, BytesIO(paper.content), f"{number}.pdf")
                row["file"] = files.upload(records, received).id
            rows.append(row)
        records.load("documents.certificate", rows)

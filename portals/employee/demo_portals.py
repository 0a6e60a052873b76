"""How the demo company dresses its external portals: logo, colour, terms and privacy page in both languages."""

from __future__ import annotations

import io
import math
from typing import Any

from weft.core.websdk import dress_portal, keep_file, publish_terms

__all__ = ["make"]

_ACCENT, _ACCENT_DARK = "#0a5f63", "#6cc5c4"
#: Between the two: the logo is one picture and stands on light and on dark pages.
_LOGO = "#17797a"
#: Days before the demo at which the texts were published.
_PUBLISHED = -420

_TERMS = {
    "en": """Weirholm Instruments lets people of its customers, suppliers and partners use this portal free of charge.

## Your account
- The account is yours alone. Do not pass on the password, and tell your portal administrator when you leave.
- Your portal administrator decides which colleagues may use the portal and ends their access.

## What you find here
- What we show is meant for your company. Please treat prices, drawings and contracts as confidential.
- An answer given here is as good as one given by letter: times and names are kept with it.

## If something goes wrong
We look after the portal on working days from 8:30 to 17:30, Suzhou and Rotterdam time. Urgent faults of a plant are
reported by telephone.""",
    "zh": """澄栎仪表向客户、供应商和合作伙伴的人员免费提供本门户。

## 您的账号
- 账号仅供本人使用。请勿转告密码；离职时请告知贵公司的门户管理员。
- 门户管理员决定哪些同事可以使用门户，并负责终止其访问。

## 您能看到的内容
- 门户中的内容仅面向贵公司。价格、图纸和合同请予以保密。
- 在此作出的答复与书面答复同等有效，时间与姓名一并留存。

## 出现问题时
我们在苏州和鹿特丹的工作日 8:30 至 17:30 维护门户。现场紧急故障请电话报修。""",
}
_PRIVACY = {
    "en": """We keep what is needed to work with your company, and nothing else.

## What we keep
- Your name, business mail and telephone, and the company you work for.
- What you write, send and decide here, with the time, and when you signed in.

## What for, and how long
- To answer you, to fulfil our contracts and to prove what was agreed.
- Requests and messages are kept for ten years after the contract ends, sign-in times for thirty days.

## Your rights
Ask your contact for a copy of your data, for a correction or for deletion; we answer within a month. Nothing is sold
and nothing is given to others, except to carriers and authorities where the law or your order demands it.""",
    "zh": """我们只保留与贵公司合作所必需的信息。

## 保留的内容
- 您的姓名、工作邮箱、电话和所在公司。
- 您在此填写、发送和确认的内容及时间，以及登录时间。

## 用途与期限
- 用于答复您、履行合同以及证明双方的约定。
- 服务请求与消息在合同结束后保留十年，登录时间保留三十天。

## 您的权利
您可以向专属联系人索取个人数据副本，要求更正或删除，我们在一个月内答复。除法律或订单要求的承运方与主管机关外，不出售、不对外提供。""",
}


def make(context: Any) -> None:
    """Dress every external portal that is installed."""
    outside = [spec for spec in context.runtime.registry.portals.values() if spec.audience != "employee"]
    if not outside:
        return
    with context.acting("admin", context.moment(_PUBLISHED)) as records:
        for spec in sorted(outside, key=lambda one: one.key):
            logo = keep_file(records, io.BytesIO(_logo()), "weirholm.png")
            dress_portal(records, spec.key, logo_file=logo.id, accent=_ACCENT, accent_dark=_ACCENT_DARK)
            publish_terms(records, spec.key, "terms", _TERMS)
            publish_terms(records, spec.key, "privacy", _PRIVACY)


def _logo(size: int = 112) -> bytes:
    """Two waves on nothing, as PNG; drawn four times as large and made small, so that the edges are smooth."""
    from PIL import Image, ImageDraw  # slow to import

    large = size * 4
    image = Image.new("RGBA", (large, large), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    for middle in (0.36, 0.62):
        points = [
            (x * large, (middle + 0.09 * math.sin((x - 0.08) * 2 * math.pi / 0.84 * 1.5)) * large)
            for x in (0.08 + 0.84 * step / 120 for step in range(121))
        ]
        pen.line(points, fill=_LOGO, width=large // 11, joint="curve")
        for x, y in (points[0], points[-1]):
            half = large // 22
            pen.ellipse((x - half, y - half, x + half, y + half), fill=_LOGO)
    out = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()

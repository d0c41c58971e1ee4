"""A report as a mail that is ready to send (.eml): the same words as plain text and as a page. Nothing is sent here."""

import hashlib
from email.message import EmailMessage
from email.policy import SMTP

from hubdata.reports import page
from hubdata.reports.content import Report


def write(report: Report) -> bytes:
    """The mail, without sender, receiver and date: whoever opens it fills these in."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = " ".join(f"{report.title} \N{EN DASH} {report.subtitle}".split())
    mail["X-Unsent"] = "1"  # Outlook opens it as a mail to be sent
    mail.set_content(text(report))
    mail.add_alternative(page.html(report), subtype="html")
    # The same content gives the same file: what stands between the two forms would be drawn by lot.
    mail.set_boundary(f"={hashlib.sha256(text(report).encode()).hexdigest()[:24]}=")
    return mail.as_bytes()


def text(report: Report) -> str:
    """The report in plain text."""
    lines = [report.title, f"{report.subtitle} · {report.hub}", ""]
    for chapter in report.chapters:
        lines += [chapter.title.upper(), "", *chapter.sentences, *(f"- {point}" for point in chapter.points), ""]
    lines += [line for line in (report.loaded, report.view, report.attribution) if line]
    return "\n".join(lines) + "\n"

"""Reports by e-mail: through the server that whoever runs Milepost names, over TLS.

A message is handed over in two steps, so that a crash in between is known: first all that can be refused (the server,
the sign-in, the receiver), then `ready`, then the message itself.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from html import escape

from data import environment, openid, store
from data.reporting import as_html, reports, words
from data.reporting.document import Report

HOST, PORT, SECURITY, CA = "MILEPOST_SMTP_HOST", "MILEPOST_SMTP_PORT", "MILEPOST_SMTP_SECURITY", "MILEPOST_SMTP_CA"
USER, PASSWORD, FROM = "MILEPOST_SMTP_USER", "MILEPOST_SMTP_PASSWORD", "MILEPOST_MAIL_FROM"
NAMES = (HOST, PORT, SECURITY, CA, USER, PASSWORD, FROM)
STARTTLS, TLS, NONE = "starttls", "tls", "none"
_PORTS = {STARTTLS: 587, TLS: 465, NONE: 25}
SECONDS = 30.0  # that the server may take for one answer
LONGEST_ADDRESS = 254
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


class NotSent(Exception):
    """Nothing was sent; one sentence. passing: it may work later."""

    def __init__(self, sentence: str, passing: bool):
        super().__init__(sentence)
        self.passing = passing


class Unknown(Exception):
    """It was being handed over, and nobody answered: it may have arrived, or not. One sentence."""


@dataclass(frozen=True)
class Settings:
    """sender: as in the From of a message. ca: the file of an authority that the server's certificate is from, ""
    where it is one of the system's."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    sender: str = ""
    ca: str = ""


def settings() -> Settings | None:
    """None where no server is named. Raises Unusable with the first thing to mend."""
    host = environment.value(HOST)
    if not host:
        return None
    security = _security(host)
    port, sender, (user, password) = _port(security), _sender(), _login()
    return Settings(host, port, security, user, password, sender, environment.value(CA))


def wrong() -> tuple[str, ...]:
    """Everything to mend, a sentence each; empty where no server is named."""
    if not environment.given(HOST):
        return ()
    found = []
    for check in (lambda: _security(environment.value(HOST)), lambda: _port(STARTTLS), _sender, _login):
        try:
            check()
        except store.Unusable as error:
            found.append(str(error))
    return tuple(found)


def lacking() -> str:
    """Why no e-mail can be sent, in one sentence; "" where it can, as far as the settings say."""
    try:
        named = settings() is not None
    except store.Unusable as error:
        return str(error)
    return "" if named else f"No mail server is named: whoever runs Milepost sets {HOST} (docs/reports.md)."


def _security(host: str) -> str:
    security = environment.value(SECURITY).lower() or STARTTLS
    if security not in _PORTS:
        raise store.Unusable(f"{SECURITY} is one of {', '.join(_PORTS)}: mend {SECURITY}.")
    if security == NONE and not openid.is_loopback(host):
        raise store.Unusable(
            f"{SECURITY}=none would send reports, and the password, in clear over the network: it is taken for a "
            "server on this machine alone. Use starttls or tls."
        )
    return security


def _port(security: str) -> int:
    port = environment.value(PORT) or str(_PORTS[security])
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise store.Unusable(f"{PORT} is a number from 1 to 65535: mend {PORT}.")
    return int(port)


def _sender() -> str:
    sender = environment.value(FROM)
    if not is_address(parseaddr(sender)[1]) or "\n" in sender:
        raise store.Unusable(f"{FROM} is the address that reports come from, as milepost@example.org: set {FROM}.")
    return sender


def _login() -> tuple[str, str]:
    user, password = environment.value(USER), environment.value(PASSWORD)
    if bool(user) != bool(password):
        raise store.Unusable(f"{USER} and {PASSWORD} belong together: set both, or neither.")
    return user, password


def is_address(text: str) -> bool:
    """Whether it is one address that mail can be sent to, and nothing else."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None and ".." not in text


def message(report: Report, to: str, uid: str, sender: str, page_url: str | None, stop_url: str | None) -> EmailMessage:
    """The summary as text and as HTML, the whole report as PDF beside it. page_url: of the report; stop_url: with which
    the receiver ends this; None where nobody has said under which address Milepost is reached."""
    made = EmailMessage(policy=SMTP)
    made["Subject"] = " ".join(report.title.split())
    made["From"], made["To"], made["Date"] = sender, to, formatdate(report.made_at / 1e6)
    made["Message-ID"] = f"<{uid}@{parseaddr(sender)[1].partition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    if stop_url:
        made["List-Unsubscribe"] = f"<{stop_url}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(_text(report, page_url, stop_url))
    made.add_alternative(_html(report, page_url, stop_url), subtype="html")
    pdf = reports.as_form(report, "pdf")
    made.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{report.file}.pdf")
    return made


def _text(report: Report, page_url: str | None, stop_url: str | None) -> str:
    lines = [report.title, words.about(report), "", *(f"- {sentence}" for sentence in report.summary), ""]
    lines.append("The whole report is attached as PDF.")
    if page_url:
        lines.append(f"In Milepost: {page_url}")
    lines += ["", _why(stop_url) + (f" {stop_url}" if stop_url else "")]
    return "\n".join("".join(sign if sign.isprintable() else " " for sign in line) for line in lines) + "\n"


def _html(report: Report, page_url: str | None, stop_url: str | None) -> str:
    link = f'<p><a href="{escape(page_url)}" style="color:#0b6e63">Open it in Milepost</a></p>' if page_url else ""
    stop = f' <a href="{escape(stop_url)}" style="color:#4a5a57">Stop these e-mails</a>' if stop_url else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(report.title)}</title></head>
<body style="font:15px/1.5 'Source Sans 3','Segoe UI',Roboto,Arial,sans-serif;color:#0b1513;max-width:640px">
<h1 style="font-size:21px;margin:0 0 4px">{escape(report.title)}</h1>
<p style="color:#4a5a57;margin:0 0 16px">{escape(words.about(report))}</p>
{as_html.summary(report)}
<p>The whole report is attached as PDF.</p>{link}
<p style="color:#4a5a57;font-size:13px;border-top:1px solid #c9d3d0;padding-top:10px">{escape(_why(stop_url))}{stop}</p>
</body></html>
"""


def _why(stop_url: str | None) -> str:
    said = "Milepost sends this because it was set up under Reports."
    return said if stop_url else f"{said} It can be stopped there."


def send(found: Settings, made: EmailMessage, ready: Callable[[], None]) -> None:
    """Hands it over; `ready` is called once nothing is left to be refused but the message itself.

    Raises NotSent, and Unknown where the server went away in the middle of it.
    """
    with _connected(found) as server:
        try:
            server.ehlo_or_helo_if_needed()
            if found.user:
                server.login(found.user, found.password)
            _accepted(server.mail(parseaddr(found.sender)[1]), "the sender")
            _accepted(server.rcpt(str(made["To"])), "the receiver")
        except smtplib.SMTPAuthenticationError:
            raise NotSent(f"The mail server refuses {USER} or {PASSWORD}: mend them.", False) from None
        except (smtplib.SMTPException, OSError) as error:
            raise _away(error) from error
        ready()
        try:
            code, said = server.data(made.as_bytes())
        except smtplib.SMTPDataError as error:
            code, said = error.smtp_code, error.smtp_error
        except (smtplib.SMTPException, OSError) as error:
            said = "The mail server went away while it took the message: it may have arrived, or not."
            raise Unknown(said) from error
        _accepted((code, said), "the message")


@contextmanager
def _connected(found: Settings) -> Iterator[smtplib.SMTP]:
    try:
        tls = ssl.create_default_context(cafile=found.ca or None) if found.security != NONE else None
    except (OSError, ssl.SSLError):
        raise NotSent(f"The file that {CA} names cannot be read, or holds no certificate: mend {CA}.", False) from None
    server = None
    try:
        if found.security == TLS:
            server = smtplib.SMTP_SSL(found.host, found.port, timeout=SECONDS, context=tls)
        else:
            server = smtplib.SMTP(found.host, found.port, timeout=SECONDS)
            if found.security == STARTTLS:
                server.starttls(context=tls)
    except smtplib.SMTPNotSupportedError:
        server.close()
        said = f"The mail server offers no STARTTLS, and nothing is sent in clear: see {SECURITY}."
        raise NotSent(said, False) from None
    except ssl.SSLCertVerificationError as error:
        raise NotSent(
            f"The certificate of the mail server does not hold ({error.verify_message}): see {HOST} and {CA}.", False
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise _away(error) from error
    try:
        yield server
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _accepted(answer: tuple[int, bytes], what: str) -> None:
    code, said = answer
    if code in (250, 251):
        return
    told = " ".join(said.decode("utf-8", "replace").split())[:200]
    raise NotSent(f"The mail server refuses {what} ({code}: {told}).", 400 <= code < 500)


def _away(error: Exception) -> NotSent:
    if isinstance(error, socket.gaierror):
        return NotSent(f"The name of the mail server was not found: see {HOST}.", True)
    if isinstance(error, smtplib.SMTPResponseException):
        return NotSent(f"The mail server does not go on ({error.smtp_code}).", 400 <= error.smtp_code < 500)
    return NotSent(f"The mail server does not answer ({type(error).__name__}): see {HOST} and {PORT}.", True)

"""Mail by the city's own server (RFC 5321), over STARTTLS unless the table says otherwise."""

import smtplib
import ssl
from email.message import EmailMessage

from tocsin.edges.gateways.calling.senders import TAKEN, TIMEOUT_S, Letter, Outcome, Reach
from tocsin.rooms.calling.model import Mail

_PERMANENT = 500


class MailSender:
    """One connection for each mail: they are few, and one that was left open is closed by the server when it is needed."""

    def __init__(self, table: Mail, timeout_s: float = TIMEOUT_S, trust: ssl.SSLContext | None = None) -> None:
        self._table, self._timeout_s, self._trust = table, timeout_s, trust or ssl.create_default_context()

    def send(self, person: str, reach: Reach, letter: Letter) -> Outcome:
        text = letter.text[reach.lang]
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._table.sender, reach.mail, text
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text + "\n")
        try:
            with smtplib.SMTP(self._table.host, self._table.port, timeout=self._timeout_s) as line:
                if self._table.starttls:
                    line.starttls(context=self._trust)
                if self._table.user:
                    line.login(self._table.user, self._table.key)
                line.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            return _of_code(next(iter(refused.recipients.values()))[0])
        except smtplib.SMTPResponseException as refused:
            return _of_code(refused.smtp_code)
        except (TimeoutError, smtplib.SMTPServerDisconnected):  # smtplib says the second of a server that fell silent
            return Outcome(code="timeout")
        except (smtplib.SMTPException, ssl.SSLError):
            return Outcome(code="smtp_refused")
        except OSError:
            return Outcome(code="unreachable")
        return TAKEN

    def close(self) -> None:
        """Nothing is held open."""


def _of_code(code: int) -> Outcome:
    return Outcome(code=f"smtp_{code}", lasting=code >= _PERMANENT)

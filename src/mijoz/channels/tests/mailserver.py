"""A real SMTP server on this machine that keeps what it is given and fails as it is told."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from mijoz.channels.email.settings import EmailSettings
from mijoz.config.testing import free_port


def make_certificate(folder: Path) -> Path:
    """A certificate of 127.0.0.1 that nobody but itself vouches for, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(written + certificate.public_bytes(Encoding.PEM))
    return path


@dataclass
class MailServer:
    """`answers` has what it says to a recipient, by the name before the @; "hang up" instead closes the connection.

    `sender_answer` is what it says to MAIL FROM, `at_most` after how many mails it closes a connection. With
    `drops_known` it keeps only the first mail of a Message-ID.
    """

    port: int
    password: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    data_answers: dict[str, str] = field(default_factory=dict)
    sender_answer: str = ""
    at_most: int = 0
    drops_known: bool = False
    known: set[str] = field(default_factory=set)
    mails: list[EmailMessage] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def settings(self) -> EmailSettings:
        user = "choyxona" if self.password else ""
        return EmailSettings(
            host="127.0.0.1",
            port=self.port,
            security="none",
            user=user,
            from_address="salom@choyxona.uz",
            from_name="Choyxona",
        )

    @property
    def recipients(self) -> list[str]:
        return [str(mail["X-Given-To"]) for mail in self.mails]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        session.given = 0
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_most and session.given >= self.at_most:
            server.transport.close()
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get(address.partition("@")[0], "250 OK")
        if answer == "hang up":
            server.transport.close()
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        address = envelope.rcpt_tos[0]
        answer = self.data_answers.get(address.partition("@")[0], "250 Taken")
        if answer == "hang up":
            server.transport.close()
        if answer.startswith("250"):
            mail = message_from_bytes(envelope.content, policy=policy.default)
            mail["X-Given-To"] = address
            if not self.drops_known or mail["Message-ID"] not in self.known:
                self.mails.append(mail)
                self.contents.append(bytes(envelope.content))
            self.known.add(str(mail["Message-ID"]))
            session.given += 1
        return answer

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password == self.password.encode()
        return AuthResult(success=right, handled=False) if not right else AuthResult(success=True)


@contextmanager
def mail_server(*, password: str = "", certificate: Path | None = None) -> Iterator[MailServer]:
    """A server that listens until the block ends; with a `password` it wants one, with a `certificate` STARTTLS."""
    box = MailServer(free_port(), password)
    wants: dict[str, Any] = {}
    if password:
        wants |= {"auth_required": True, "auth_require_tls": False, "authenticator": box.authenticate}
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        wants |= {"tls_context": context, "require_starttls": True}
    controller = Controller(box, hostname="127.0.0.1", port=box.port, ready_timeout=60, **wants)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()

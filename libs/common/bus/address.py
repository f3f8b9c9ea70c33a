"""A broker's URI taken apart, with its TLS, for each of the clients that we use.

The files of TLS stand in the query under RabbitMQ's own names (`cacertfile`, `certfile`,
`keyfile`; https://www.rabbitmq.com/docs/uri-query-parameters); `Config.broker` puts them there.
"""

import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit, urlunsplit


@dataclass(frozen=True)
class BrokerAddress:
    """Where the broker is, as whom we come, and how we know that it is the right one."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    vhost: str
    uri: str = field(repr=False)  # without the query
    tls: dict[str, Any] | None

    @classmethod
    def parse(cls, uri: str) -> "BrokerAddress":
        """From `amqp://user:password@host:port/vhost`, or the same with `amqps`."""
        parts = urlsplit(uri)
        tls = _tls(parts) if parts.scheme == "amqps" else None
        return cls(
            host=parts.hostname or "",
            port=parts.port or (5671 if tls else 5672),
            user=unquote(parts.username or "guest"),
            password=unquote(parts.password or "guest"),
            vhost=unquote(parts.path[1:]) or "/",
            uri=urlunsplit(parts._replace(query="", fragment="")),
            tls=tls,
        )

    def for_pika(self) -> Any:
        """The same as pika's connection parameters."""
        import pika

        parameters = pika.URLParameters(self.uri)
        if self.tls:
            context = ssl.create_default_context(cafile=self.tls["ca_certs"])
            context.minimum_version = self.tls["tls_minimum_version"]
            if self.tls["certfile"]:
                context.load_cert_chain(self.tls["certfile"], self.tls["keyfile"])
            parameters.ssl_options = pika.SSLOptions(context, self.host)
        return parameters


def _tls(parts: SplitResult) -> dict[str, Any]:
    """TLS as amqp and kombu take it: the name in the certificate must be the host's."""
    files = parse_qs(parts.query)

    def path(name: str) -> str | None:
        return next(iter(files.get(name, ())), None)

    return {
        "cert_reqs": ssl.CERT_REQUIRED,
        "server_hostname": parts.hostname,
        "tls_minimum_version": ssl.TLSVersion.TLSv1_2,
        "ca_certs": path("cacertfile"),
        "certfile": path("certfile"),
        "keyfile": path("keyfile"),
    }

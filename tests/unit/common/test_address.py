"""A broker's URI, taken apart for amqp, kombu and pika."""

import ssl

from libs.common.bus.address import BrokerAddress
from tests.support.certificates import Authority


def test_a_plain_address_has_no_tls() -> None:
    address = BrokerAddress.parse("amqp://u%40x:p%2Fw@mq/desk%2F1")
    assert (address.host, address.port, address.vhost) == ("mq", 5672, "desk/1")
    assert (address.user, address.password) == ("u@x", "p/w")
    assert address.tls is None
    assert address.for_pika().ssl_options is None


def test_the_name_in_the_certificate_must_be_the_host_s() -> None:
    tls = BrokerAddress.parse("amqps://u:p@mq/desk").tls or {}
    assert tls["server_hostname"] == "mq"
    assert tls["cert_reqs"] is ssl.CERT_REQUIRED
    assert tls["tls_minimum_version"] is ssl.TLSVersion.TLSv1_2
    assert BrokerAddress.parse("amqps://u:p@mq/desk").port == 5671


def test_files_come_from_the_query_and_leave_the_uri(tmp_path) -> None:
    authority = Authority(tmp_path / "a b")
    own = authority.issue("ticketing")
    uri = (
        f"amqps://u:p@mq:1/desk?cacertfile={authority.file}&certfile={own.chain}&keyfile={own.key}"
    )
    address = BrokerAddress.parse(uri)
    tls = address.tls or {}
    assert (tls["ca_certs"], tls["certfile"], tls["keyfile"]) == (
        str(authority.file),
        own.chain,
        own.key,
    )
    assert address.uri == "amqps://u:p@mq:1/desk"
    options = address.for_pika().ssl_options
    assert options.server_hostname == "mq"
    assert options.context.check_hostname


def test_no_password_stands_in_its_repr() -> None:
    assert "secret" not in repr(BrokerAddress.parse("amqp://u:secret@mq/"))

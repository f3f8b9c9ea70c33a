"""Which addresses may be asked: the open internet, and what is named explicitly."""

from ipaddress import ip_address

import pytest

from libs.common.config import ConfigError
from libs.common.http import OutboundFailed, OutboundHttp, OutboundRefused, parse_networks
from libs.common.http.addresses import is_public, parse_target


class Names:
    """A name server of our own, which counts what it is asked."""

    def __init__(self, **hosts: list[str]) -> None:
        self.hosts = {name.replace("_", "."): addresses for name, addresses in hosts.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host not in self.hosts:
            raise OSError("no such host")
        return self.hosts[host]


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "198.18.0.1",
        "203.0.113.7",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_an_address_inside_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", ["8.8.8.8", "223.5.5.5", "2400:3200::1", "64:ff9b::808:808"])
def test_an_address_of_the_open_internet_is_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/hook",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "http://",
        "http:///path",
        "http://user:pw@example.com/",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://[::1/",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(OutboundRefused) as refusal:
        OutboundHttp(resolver=Names()).check_url(url)
    assert list(refusal.value.details["errors"]) == ["url"]
    assert refusal.value.status == 422


def test_a_name_that_leads_inside_is_refused_even_if_it_leads_outside_too() -> None:
    http = OutboundHttp(resolver=Names(both_example=["8.8.8.8", "10.0.0.1"]))
    with pytest.raises(OutboundRefused, match="not a public address"):
        http.check_url("https://both.example/")


def test_a_public_name_is_accepted_and_looked_up_once() -> None:
    names = Names(out_example=["8.8.8.8", "2400:3200::1"])
    OutboundHttp(resolver=names).check_url("https://out.example/hook?x=1")
    assert names.asked == ["out.example"]


def test_a_network_that_is_named_may_be_asked() -> None:
    names = Names(in_example=["10.1.2.3"], mapped_example=["::ffff:10.1.2.3"])
    http = OutboundHttp(parse_networks("10.1.0.0/16"), resolver=names)
    http.check_url("http://in.example/")
    http.check_url("http://mapped.example/")
    with pytest.raises(OutboundRefused):
        OutboundHttp(parse_networks("10.2.0.0/16"), resolver=names).check_url("http://in.example/")


def test_an_unknown_name_is_worth_another_try() -> None:
    with pytest.raises(OutboundFailed) as failure:
        OutboundHttp(resolver=Names(none_example=[])).check_url("http://nowhere.example/")
    assert failure.value.status == 503
    with pytest.raises(OutboundFailed):
        OutboundHttp(resolver=Names(none_example=[])).check_url("http://none.example/")


def test_the_parts_of_an_address() -> None:
    target = parse_target("HTTPS://Bücher.Example:8443/a b?q=维修#top")
    assert (target.host, target.port) == ("xn--bcher-kva.example", 8443)
    assert target.path == "/a%20b?q=%E7%BB%B4%E4%BF%AE"
    assert target.origin == "https://xn--bcher-kva.example:8443"
    assert parse_target("http://[2400:3200::1]").host_header == "[2400:3200::1]"
    assert parse_target("http://example.com:80").path == "/"


def test_a_wrong_network_is_refused_by_the_variables_name() -> None:
    with pytest.raises(ConfigError, match="HTTP_ALLOW_PRIVATE"):
        parse_networks("10.0.0.0/99")

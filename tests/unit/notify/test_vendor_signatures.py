"""The examples that the vendors print in their documentation, by our signers and by the
independent checks of tests/support/vendors."""

import hashlib

import pytest

from services.notify.clients import aliyun, tencent
from services.notify.clients.robots import sign_dingtalk
from tests.support.vendors import aliyun as their_aliyun
from tests.support.vendors import tencent as their_tencent
from tests.support.vendors.server import Asked

# help.aliyun.com, V3 request structure and signature, section on fixed parameters.
_ALIYUN_QUERY = {
    "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
    "RegionId": "cn-shanghai",
}
_ALIYUN_HEADERS = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}
_ALIYUN_SIGNATURE = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"

# cloud.tencent.com, Signature v3 (the edition of 2019, whose secret key ends in EXAMPLE).
_TENCENT_BODY = (
    rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
)
_TENCENT_HEADERS = {
    "content-type": "application/json; charset=utf-8",
    "host": "cvm.tencentcloudapi.com",
}
_TENCENT_SIGNATURE = "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
_TENCENT_KEY = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"


def test_aliyuns_printed_example_is_signed_as_printed() -> None:
    query = aliyun.canonical_query(_ALIYUN_QUERY)
    header = aliyun.authorize(
        "POST", "/", query, _ALIYUN_HEADERS, "YourAccessKeyId", "YourAccessKeySecret"
    )
    assert header == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        f"Signature={_ALIYUN_SIGNATURE}"
    )


def test_the_check_of_the_local_aliyun_knows_the_printed_example() -> None:
    raw = aliyun.canonical_query(_ALIYUN_QUERY)
    asked = Asked("POST", "/", _ALIYUN_QUERY, raw, _ALIYUN_HEADERS, b"", 0)
    signed = sorted(_ALIYUN_HEADERS)
    found = their_aliyun.expected_signature(asked, signed, "YourAccessKeySecret")
    assert found == _ALIYUN_SIGNATURE


@pytest.mark.parametrize(
    ("text", "encoded"),
    [("a b", "a%20b"), ("*", "%2A"), ("~", "~"), ("潮汐", "%E6%BD%AE%E6%B1%90"), ("/+", "%2F%2B")],
)
def test_aliyuns_queries_are_encoded_as_rfc_3986_has_it(text: str, encoded: str) -> None:
    assert aliyun.canonical_query({"SignName": text}) == f"SignName={encoded}"


def test_tencents_printed_example_is_signed_as_printed() -> None:
    header = tencent.authorize(
        _TENCENT_HEADERS, _TENCENT_BODY, 1551113065, "AKIDEXAMPLE", _TENCENT_KEY, "cvm"
    )
    assert header == (
        "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/cvm/tc3_request, "
        f"SignedHeaders=content-type;host, Signature={_TENCENT_SIGNATURE}"
    )


def test_the_check_of_the_local_tencent_knows_the_printed_example() -> None:
    asked = Asked("POST", "/", {}, "", _TENCENT_HEADERS, _TENCENT_BODY, 0)
    found = their_tencent.expected_signature(
        asked, "content-type;host", 1551113065, "cvm", _TENCENT_KEY
    )
    assert found == _TENCENT_SIGNATURE


def test_a_dingtalk_signature_is_the_secrets_hmac_of_time_and_secret() -> None:
    # `printf '1700000000000\nthis is secret' | openssl dgst -sha256 -hmac 'this is secret' -binary
    # | base64`, the documentation's algorithm; the documentation prints no result.
    assert (
        sign_dingtalk(1700000000000, "this is secret")
        == "sSFWELbV2YwjdDQhWZwTcWlX5BWUx5J6TPpsZmuPii0="
    )

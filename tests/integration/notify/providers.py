"""What an operator would write who uses a local provider, and the sender that comes of it."""

from uuid import UUID

from libs.common.config import Config
from libs.common.http import OutboundHttp
from services.notify.clients.sending import open_senders
from services.notify.domain.messages import Message, Sender
from tests.support.vendors.aliyun import Aliyun
from tests.support.vendors.server import VendorServer
from tests.support.vendors.tencent import Tencent
from tests.support.vendors.wecom import AGENT, CORP, SECRET

MESSAGE = Message(
    delivery_id=UUID("0193b1a0-0000-7000-8000-000000000001"),
    to="+8613800138000",
    subject="工单 G20261122001 已解决",
    text="您的问题已解决：https://desk.example/t/1\n感谢 [点这里](http://evil.example)",
    provider_code="SMS_154950909",
    provider_params=[("number", "G20261122001"), ("name", "王 & 李/赵+~*")],
)


def environment(server: VendorServer, **changed: str) -> dict[str, str]:
    """What an operator would write who uses this provider."""
    if isinstance(server, Aliyun):
        named = {
            "SMS_PROVIDER": "aliyun",
            "ALIYUN_ACCESS_KEY_ID": server.key_id,
            "ALIYUN_ACCESS_KEY_SECRET": server.secret,
            "ALIYUN_SMS_SIGN_NAME": "潮汐客服",
            "ALIYUN_SMS_URL": server.url,
        }
    elif isinstance(server, Tencent):
        named = {
            "SMS_PROVIDER": "tencent",
            "TENCENT_SECRET_ID": server.secret_id,
            "TENCENT_SECRET_KEY": server.secret_key,
            "TENCENT_SMS_APP_ID": "1400006666",
            "TENCENT_SMS_SIGN_NAME": "潮汐客服",
            "TENCENT_SMS_URL": server.url,
        }
    else:
        named = {
            "WECOM_CORP_ID": CORP,
            "WECOM_AGENT_ID": str(AGENT),
            "WECOM_SECRET": SECRET,
            "WECOM_URL": server.url,
        }
    return named | changed


def sender(server: VendorServer, http: OutboundHttp, **changed: str) -> Sender:
    senders = open_senders(Config.read({}), http, environment(server, **changed))
    (only,) = senders.values()
    return only

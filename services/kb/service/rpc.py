"""What the gateway may ask of kb. Answers have the shapes of REST."""

from libs.common.bus.provide import ConfigProvider, DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.rpc import OperatorCalls
from services.kb.service.help_calls import HelpCalls
from services.kb.service.keeping_calls import KeepingCalls
from services.kb.service.reading_calls import ReadingCalls
from services.kb.service.writing_calls import WritingCalls


class Service(WritingCalls, ReadingCalls, KeepingCalls, HelpCalls, OperatorCalls):
    """Commands answer with `audit` beside the rest: what the gateway's operation log keeps."""

    name = "kb"
    database = DatabaseProvider()
    config = ConfigProvider()
    relay = Relay()

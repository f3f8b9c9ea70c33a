"""The organisation's events: authors are shown as they are called today."""

from libs.common.bus.directory_copy import DirectoryCopy
from libs.common.bus.provide import DatabaseProvider
from libs.common.bus.relay import Relay


class Service(DirectoryCopy):
    """People and units are copied; of tickets nothing is."""

    name = "kb"
    database = DatabaseProvider()
    relay = Relay()

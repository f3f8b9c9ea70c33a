"""What the gateway may ask of dispatch. Answers have the shapes of REST."""

from libs.common.bus.provide import ConfigProvider, DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.rpc import OperatorCalls
from services.dispatch.service.agent_calls import AgentCalls
from services.dispatch.service.board_calls import BoardCalls
from services.dispatch.service.presence_calls import PresenceCalls
from services.dispatch.service.rule_calls import RuleCalls
from services.dispatch.service.skill_calls import SkillCalls
from services.dispatch.service.ticket_calls import TicketCalls


class Service(
    PresenceCalls, BoardCalls, RuleCalls, SkillCalls, AgentCalls, TicketCalls, OperatorCalls
):
    """Commands on what people edit take the version that they saw.

    They answer with `audit` beside the rest: what the gateway's operation log keeps.
    """

    name = "dispatch"
    database = DatabaseProvider()
    config = ConfigProvider()
    relay = Relay()

"""Pictures for whoever is asked to show that no program is guessing."""

from flask import Response, request

from gateway.answers import answer
from gateway.auth.access import public
from gateway.auth.csrf import refuse_foreign_site
from gateway.blueprint import ApiBlueprint
from gateway.login.captchas import show_captcha
from gateway.login.desk import login_desk
from gateway.schemas.session import CaptchaView

blueprint = ApiBlueprint("captchas", __name__, description="Captchas")


@blueprint.operation("POST", "/captchas", errors=(403, 429))
@public
@blueprint.response(201, CaptchaView)
def create_captcha() -> Response:
    """A new picture, good for one answer within three minutes; letters have no case."""
    refuse_foreign_site(request)
    desk = login_desk()
    with desk.database.begin() as uow:
        shown = show_captcha(uow.session, desk.sealing.index, desk.origin.address, desk.now)
        uow.commit()
    return answer(
        {
            "captcha_id": shown.captcha_id,
            "image": shown.image,
            "expires_at": shown.expires_at,
        },
        201,
    )

"""Channel accounts with several keys: what opens the door, from where, and until when."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.clock import utc_now
from libs.common.crypto import hash_token
from libs.common.errors import Conflict, InvalidInput, NotFound, Stale
from libs.common.testing.eventually import eventually
from services.intake import seed
from services.intake.domain.account_keys import MAX_KEYS
from services.intake.queries import accounts as asking
from services.intake.use_cases import account_keys, change_accounts
from services.intake.use_cases.open_accounts import FIRST_KEY
from tests.integration.intake.desk import ADAPTER_KEY, FORM_KEY, SUPPORT, Desk, body_of
from tests.support.actors import actor
from tests.unit.intake.mails import plain

BOSS = actor("administrator")
ELSEWHERE = "203.0.113.0/24"
HERE = "127.0.0.0/8"


def open_mailbox(desk: Desk, address: str | None = None) -> tuple[UUID, str]:
    """A new mail account without keys, and its address."""
    wanted = address or f"{uuid4().hex}@tidedesk.local"
    with desk.database.begin() as uow:
        row = change_accounts.create_account(uow, channel="mail", name="销售", address=wanted)
        uow.commit()
        return row.account_id, wanted


def open_form(desk: Desk) -> UUID:
    with desk.database.begin() as uow:
        row = change_accounts.create_account(uow, channel="web_form", name=uuid4().hex)
        uow.commit()
        return row.account_id


def make_key(
    desk: Desk,
    account_id: UUID,
    networks: Sequence[str] = (),
    expires_at: datetime | None = None,
    now: datetime | None = None,
) -> tuple[UUID, str]:
    with desk.database.begin() as uow:
        row, token = account_keys.create_key(
            uow,
            BOSS,
            now or utc_now(),
            account_id=account_id,
            name="网关",
            expires_at=expires_at,
            allowed_networks=networks,
        )
        uow.commit()
        return row.key_id, token


def revoke(desk: Desk, account_id: UUID, key_id: UUID) -> None:
    with desk.database.begin() as uow:
        account_keys.revoke_key(uow, utc_now(), account_id=account_id, key_id=key_id)
        uow.commit()


def edit(desk: Desk, account_id: UUID, version: int | None, **changes: Any) -> dict[str, Any]:
    with desk.database.begin() as uow:
        row, _ = change_accounts.edit_account(
            uow, account_id=account_id, version=version, changes=changes
        )
        uow.commit()
        return asking.show_account(row, 0)


def keys_of(desk: Desk, account_id: UUID) -> list[dict[str, Any]]:
    with desk.database.begin(read_only=True) as uow:
        return asking.list_keys(uow.session, account_id)


def mail_ends(desk: Desk, account: str, key: str, status: int) -> Any:
    """The answer once it has this status: the door reads accounts and keys every few seconds."""

    def answer() -> Any:
        sent = desk.send_mail(plain(), account=account, key=key)
        return sent if sent.status_code == status else None

    return eventually(answer)


def form_ends(desk: Desk, key: str, status: int) -> Any:
    def answer() -> Any:
        sent = desk.send_form(key=key)
        return sent if sent.status_code == status else None

    return eventually(answer)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, body_of(answer)["code"]


def test_any_good_key_of_the_account_opens_the_door(desk: Desk) -> None:
    account_id, address = open_mailbox(desk)
    tokens = [make_key(desk, account_id)[1] for _ in range(2)]
    for token in tokens:
        mail_ends(desk, address, token, 202)
    assert desk.send_mail(plain(), key=tokens[0]).status_code == 401


def test_unknown_expired_and_revoked_keys_are_refused_alike(desk: Desk) -> None:
    account_id, address = open_mailbox(desk)
    yesterday = utc_now() - timedelta(days=1)
    _, expired = make_key(
        desk, account_id, now=yesterday, expires_at=yesterday + timedelta(hours=1)
    )
    key_id, revoked = make_key(desk, account_id)
    revoke(desk, account_id, key_id)
    # Once it takes a later one the door knows of these as well.
    mail_ends(desk, address, make_key(desk, account_id)[1], 202)
    answers = [
        desk.send_mail(plain(), account=address, key=token)
        for token in ("adapter_unknown", expired, revoked)
    ]
    assert {refusal(one) for one in answers} == {(401, "adapter_key.invalid")}
    assert len({body_of(one)["detail"] for one in answers}) == 1


def test_a_revoked_key_is_refused_although_it_was_taken_before(desk: Desk) -> None:
    account_id, address = open_mailbox(desk)
    key_id, token = make_key(desk, account_id)
    mail_ends(desk, address, token, 202)
    revoke(desk, account_id, key_id)
    mail_ends(desk, address, token, 401)


def test_a_key_opens_only_from_its_networks(desk: Desk) -> None:
    account_id, address = open_mailbox(desk)
    _, far = make_key(desk, account_id, [ELSEWHERE])
    _, near = make_key(desk, account_id, [ELSEWHERE, HERE])
    answer = mail_ends(desk, address, far, 403)
    assert refusal(answer) == (403, "address.not_allowed")
    mail_ends(desk, address, near, 202)


def test_a_forms_new_key_replaces_the_one_before(desk: Desk) -> None:
    form_id = open_form(desk)
    _, first = make_key(desk, form_id)
    assert first.startswith("form_")
    form_ends(desk, first, 202)
    _, second = make_key(desk, form_id)
    form_ends(desk, second, 202)
    assert refusal(form_ends(desk, first, 404)) == (404, "form.unknown")
    assert [bool(one["revoked_at"]) for one in keys_of(desk, form_id)] == [False, True]


def test_a_forms_key_may_be_bound_to_networks_and_revoked(desk: Desk) -> None:
    form_id = open_form(desk)
    key_id, token = make_key(desk, form_id, [ELSEWHERE])
    assert refusal(form_ends(desk, token, 403)) == (403, "address.not_allowed")
    revoke(desk, form_id, key_id)
    assert refusal(form_ends(desk, token, 404)) == (404, "form.unknown")


def test_an_account_that_is_closed_takes_nothing_until_it_is_opened_again(desk: Desk) -> None:
    account_id, address = open_mailbox(desk)
    _, token = make_key(desk, account_id)

    mail_ends(desk, address, token, 202)
    closed = edit(desk, account_id, 1, is_active=False)
    assert (closed["is_active"], closed["version"]) == (False, 2)
    mail_ends(desk, address, token, 401)
    edit(desk, account_id, 2, is_active=True)
    mail_ends(desk, address, token, 202)


def test_the_use_of_a_key_is_noted_once_a_minute(desk: Desk) -> None:
    account_id, address = open_mailbox(desk)
    make_key(desk, account_id)
    key_id, token = make_key(desk, account_id)

    def used() -> list[str]:
        return [one["last_used_at"] for one in keys_of(desk, account_id) if one["last_used_at"]]

    mail_ends(desk, address, token, 202)
    (first,) = eventually(used)
    mail_ends(desk, address, token, 202)
    assert desk.send_mail(plain(), account=address, key="wrong").status_code == 401
    assert used() == [first]
    (row,) = [one for one in keys_of(desk, account_id) if one["last_used_at"]]
    assert row["key_id"] == str(key_id)


def test_only_hashes_of_keys_are_stored(desk: Desk) -> None:
    account_id, _ = open_mailbox(desk)
    _, token = make_key(desk, account_id)
    for table in ("account_keys", "channel_accounts"):
        assert token not in desk.scalar(f"SELECT string_agg(t::text, '') FROM {table} t")


def test_the_release_before_takes_the_same_form_key(desk: Desk) -> None:
    form_id = open_form(desk)
    column = "SELECT key_hash FROM channel_accounts WHERE account_id = :id"
    key_id, token = make_key(desk, form_id)
    assert bytes(desk.scalar(column, id=form_id)) == hash_token(token)
    revoke(desk, form_id, key_id)
    assert bytes(desk.scalar(column, id=form_id)) != hash_token(token)


def test_wrong_keys_are_refused_by_name(desk: Desk) -> None:
    account_id, _ = open_mailbox(desk)
    with pytest.raises(InvalidInput) as refused:
        make_key(desk, account_id, ["everywhere"])
    assert "allowed_networks" in refused.value.details["errors"]
    with pytest.raises(InvalidInput) as refused:
        make_key(desk, account_id, expires_at=utc_now() - timedelta(seconds=1))
    assert "expires_at" in refused.value.details["errors"]
    with pytest.raises(NotFound):
        make_key(desk, uuid4())
    with pytest.raises(NotFound):
        revoke(desk, uuid4(), uuid4())


def test_an_account_has_so_many_keys_and_no_more(desk: Desk) -> None:
    account_id, _ = open_mailbox(desk)
    for _ in range(MAX_KEYS):
        key_id, _ = make_key(desk, account_id)
    with pytest.raises(Conflict):
        make_key(desk, account_id)
    revoke(desk, account_id, key_id)
    make_key(desk, account_id)


def test_two_accounts_do_not_share_an_address(desk: Desk) -> None:
    _, address = open_mailbox(desk)
    with pytest.raises(Conflict):
        open_mailbox(desk, address.upper())


def test_an_account_is_changed_at_its_version(desk: Desk) -> None:
    account_id, _ = open_mailbox(desk)
    assert edit(desk, account_id, 1, name="售后")["version"] == 2
    assert edit(desk, account_id, 2, name="售后")["version"] == 2
    with pytest.raises(Stale):
        edit(desk, account_id, 1, name="售前")
    for wrong in ({"name": ""}, {"is_active": "no"}, {"channel": "mail"}):
        with pytest.raises(InvalidInput):
            edit(desk, account_id, None, **wrong)


def test_seeding_again_changes_nothing_and_another_key_replaces_the_seeds_own(desk: Desk) -> None:
    def sow(form_key: str, adapter_key: str) -> None:
        keys = {"FORM_KEY": form_key, "MAIL_ADAPTER_KEY": adapter_key}
        seed.seed(desk.database, keys, SUPPORT)

    def first_keys() -> int:
        rows = "SELECT count(*) FROM account_keys WHERE name = :name AND revoked_at IS NULL"
        return int(desk.scalar(rows, name=FIRST_KEY))

    sow(FORM_KEY, ADAPTER_KEY)
    assert first_keys() == 2
    mail_id = desk.scalar("SELECT account_id FROM channel_accounts WHERE address = :a", a=SUPPORT)
    _, own = make_key(desk, mail_id)
    sow("another-form-key", "another-adapter-key")
    assert first_keys() == 2
    for key in (own, "another-adapter-key"):
        mail_ends(desk, SUPPORT, key, 202)
    mail_ends(desk, SUPPORT, ADAPTER_KEY, 401)
    form_ends(desk, "another-form-key", 202)


def test_a_form_that_was_renamed_is_not_seeded_anew(desk: Desk) -> None:
    forms = "SELECT count(*) FROM channel_accounts WHERE channel = 'web_form'"
    keys = {"FORM_KEY": "renamed-form-key", "MAIL_ADAPTER_KEY": "k"}
    seed.seed(desk.database, keys, SUPPORT)
    form_id = desk.scalar(
        "SELECT account_id FROM channel_accounts WHERE name = :name", name=seed.FORM_NAME
    )
    before = desk.scalar(forms)
    edit(desk, form_id, None, name="新官网")
    seed.seed(desk.database, keys, SUPPORT)
    assert desk.scalar(forms) == before

import pytest

from gateway.login.password_policy import broken_rules, kinds_of, weak_password
from gateway.login.settings import PasswordRules

RULES = PasswordRules(company=("tidedesk", "潮汐工单", "Acme Rockets"))
WHO = ("CS001", "张小明")


def broken(password: str) -> set[str]:
    return set(broken_rules(password, RULES, WHO))


@pytest.mark.parametrize(
    "password",
    ["Kx7#mP2qLw", "correct Horse 9 battery", "蓝天白云下的小船7x", "Kx7#mP2qLw" * 12],
)
def test_a_good_password_breaks_no_rule(password: str) -> None:
    assert broken(password) == set()


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Kx7#mP2qL", "too_short"),
        ("Kx7#mP2qLw" * 13, "too_long"),
        ("kxvmpoqlwzhg", "too_few_kinds"),
        ("KXVMPOQLWZ77", "too_few_kinds"),
        ("xQ9-cs001-Zv", "holds_name"),
        ("xQ9-张小明-Zv", "holds_name"),
        ("xQ9-ROCKETS-Zv", "holds_name"),
        ("xQ9-TideDesk-Zv", "holds_name"),
        ("P@ssw0rd123", "guessable"),
        ("Woaini1314!", "guessable"),
        ("Admin@123456", "guessable"),
        ("Qwer1234!@#$", "guessable"),
        ("Abcabcabcabc1", "guessable"),
        ("", "guessable"),
    ],
)
def test_a_weak_password_breaks_its_rule(password: str, rule: str) -> None:
    assert rule in broken(password)


def test_all_broken_rules_are_named_at_once() -> None:
    assert broken("cs001") == {"too_short", "too_few_kinds", "holds_name", "guessable"}


def test_an_installation_may_ask_for_more() -> None:
    strict = PasswordRules(min_length=16)
    assert broken_rules("Kx7#mP2qLw", strict, WHO) == ["too_short"]


def test_chinese_letters_are_a_kind_of_their_own() -> None:
    assert kinds_of("小船aA1") == 4
    assert kinds_of("小船#") == 1


def test_the_refusal_names_rules_for_programs_and_words_for_people() -> None:
    refusal = weak_password(["too_short"], RULES)
    assert refusal.code == "password.weak"
    assert refusal.details["rules"] == ["too_short"]
    assert refusal.details["errors"] == {"new": ["shorter than 10 characters"]}

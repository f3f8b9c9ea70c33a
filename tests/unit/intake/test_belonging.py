"""Which ticket a message belongs to."""

from uuid import UUID

import pytest

from services.intake.domain.belonging import Clues, Known, Place, find_place, is_newer, numbers_in

ANN, BOB = UUID(int=1), UUID(int=2)


def ticket(number: int, customer: UUID | None = ANN, writer: UUID | None = None) -> Known:
    return Known(UUID(int=number), UUID(int=number + 100), customer, writer)


def test_a_message_without_clues_opens_a_ticket() -> None:
    assert find_place(Clues(), ANN) == Place()


@pytest.mark.parametrize("sender", [ANN, BOB, None])
def test_our_signature_threads_whoever_writes(sender: UUID | None) -> None:
    assert find_place(Clues(signed=ticket(1)), sender) == Place(joins=ticket(1))


def test_our_signature_is_stronger_than_other_references() -> None:
    clues = Clues(signed=ticket(1), referenced=(ticket(2),), numbered=(ticket(3),))
    assert find_place(clues, ANN).joins == ticket(1)


def test_a_reference_to_ones_own_mail_threads() -> None:
    assert find_place(Clues(referenced=(ticket(1),)), ANN) == Place(joins=ticket(1))


def test_who_wrote_the_mail_referred_to_takes_part() -> None:
    colleague = ticket(1, customer=ANN, writer=BOB)
    assert find_place(Clues(referenced=(colleague,)), BOB).joins == colleague


def test_a_stranger_with_a_reference_opens_a_related_ticket() -> None:
    assert find_place(Clues(referenced=(ticket(1),)), BOB) == Place(related=ticket(1))


def test_a_number_in_the_subject_threads_for_the_participant_only() -> None:
    assert find_place(Clues(numbered=(ticket(1),)), ANN) == Place(joins=ticket(1))
    assert find_place(Clues(numbered=(ticket(1),)), BOB) == Place(related=ticket(1))


def test_the_newest_reference_that_fits_wins() -> None:
    clues = Clues(referenced=(ticket(1, BOB), ticket(2, ANN), ticket(3, ANN)))
    assert find_place(clues, ANN).joins == ticket(2, ANN)


def test_nobody_takes_part_in_a_conversation_without_a_customer() -> None:
    assert find_place(Clues(numbered=(ticket(1, None),)), None).joins is None


def test_the_same_mail_at_another_account_is_offered_as_related() -> None:
    assert find_place(Clues(copy=ticket(1)), ANN) == Place(related=ticket(1))


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("回复: [G20231001001] 打印机坏了", ["G20231001001"]),
        ("关于g202310011000和G20231001002", ["G202310011000", "G20231001002"]),
        ("订单 MG20231001001", []),
        ("G2023100100", []),
        ("G19991001001", []),
        ("G20231001001 " * 9, ["G20231001001"] * 5),
    ],
)
def test_numbers_are_read_from_subjects(subject: str, numbers: list[str]) -> None:
    assert numbers_in(subject) == numbers


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("G20231001002", "G20231001001"),
        ("G202310011000", "G20231001999"),
        ("G20231002001", "G202310011000"),
    ],
)
def test_numbers_tell_which_ticket_came_later(newer: str, older: str) -> None:
    assert is_newer(newer, older)
    assert not is_newer(older, newer)
    assert not is_newer(newer, newer)

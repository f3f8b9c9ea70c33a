"""What guessers may try: which counters an attempt is counted in, and when they meet a captcha."""

from dataclasses import dataclass
from uuid import UUID

from gateway.auth.limits import source_of
from gateway.auth.throttle import Counter, Standing, hidden

# A person mistypes a few times; a whole office may stand behind one address.
_FREE_PAIR = 5
_FREE_LOGIN = 10
_FREE_ADDRESS = 50
_FREE_PROOF = 5
CAPTCHA_AFTER_PAIR = 3
CAPTCHA_AFTER_ADDRESS = 20
# Told once, when a counter reaches it.
ALARM_PAIR = 10
ALARM_LOGIN = 20
ALARM_ADDRESS = 60


@dataclass(frozen=True)
class Guessing:
    """The counters of an attempt to log in. `whole` is the login from everywhere, or one device."""

    pair: Counter
    whole: Counter
    address: Counter

    @property
    def counters(self) -> tuple[Counter, Counter, Counter]:
        """All of them."""
        return self.pair, self.whole, self.address

    def needs_captcha(self, standing: Standing) -> bool:
        """Whether the next attempt must come from somebody who can read pictures."""
        return (
            standing.failures[self.pair.key] >= CAPTCHA_AFTER_PAIR
            or standing.failures[self.address.key] >= CAPTCHA_AFTER_ADDRESS
        )

    def is_alarming(self, standing: Standing) -> bool:
        """Whether one more failure is the one that somebody should be told of."""
        limits = ((self.pair, ALARM_PAIR), (self.whole, ALARM_LOGIN), (self.address, ALARM_ADDRESS))
        return any(standing.failures[counter.key] + 1 == limit for counter, limit in limits)


def guessing_at(login: str, address: str, device: str | None) -> Guessing:
    """For a login as it was typed. `device` has logged in as this person before.

    Such a device has a counter of its own: others, who guess from elsewhere, cannot keep the
    person out (OWASP's device cookie).
    """
    name = hidden(login.strip().lower())
    whole = f"device:{device}:{name}" if device else f"login:{name}"
    return Guessing(
        pair=Counter(f"pair:{source_of(address)}:{name}", _FREE_PAIR),
        whole=Counter(whole, _FREE_PAIR if device else _FREE_LOGIN, is_own=bool(device)),
        address=address_counter(address),
    )


def address_counter(address: str) -> Counter:
    """All that fails from one place."""
    return Counter(f"address:{source_of(address)}", _FREE_ADDRESS, is_own=False)


def password_counter(person_id: UUID) -> Counter:
    """The present password, asked for again within a session."""
    return Counter(f"password:{person_id}", _FREE_PROOF)


def factor_counter(person_id: UUID) -> Counter:
    """Codes of an authenticator app, recovery codes."""
    return Counter(f"factor:{person_id}", _FREE_PROOF)

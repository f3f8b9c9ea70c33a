"""How long something took, as medians and other percentiles count it."""


def rounded_minutes(seconds: int) -> int:
    """Whole minutes begun are dropped; of more than 999 minutes the first three digits count."""
    minutes, step = seconds // 60, 1
    while minutes >= 1000 * step:
        step *= 10
    return minutes // step * step

"""质检: score sheets, how tickets are sampled for them, and what becomes of each review."""

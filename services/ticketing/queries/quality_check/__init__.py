"""质检 as clients see it: sheets, rules, reviews and reviewers."""

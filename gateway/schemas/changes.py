"""Bodies of PATCH: some of the fields, but not none."""

from marshmallow import ValidationError, validates_schema

from gateway.schemas.pieces import Body


class Changes(Body):
    """At least one field."""

    @validates_schema
    def refuse_nothing(self, changes: dict[str, object], **_: object) -> None:
        """An empty change would raise the version for nothing."""
        if not changes:
            raise ValidationError("Nothing to change.")

"""An article and its versions: draft → review → published → expired or archived.

Readers see the published version while the next one is written. Nobody approves what they have
written themselves, where the settings say so.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.actor import Actor
from libs.common.errors import Conflict, Forbidden, InvalidInput
from services.kb.domain.content import Content

STATES = ("draft", "review", "published", "expired", "archived")


@dataclass
class Version:
    """One version; only drafts are written on. `editors` are all who have."""

    version_id: UUID
    number: int
    content: Content
    author_id: UUID | None
    author_name: str
    created_at: datetime
    updated_at: datetime
    state: str = "draft"
    editors: tuple[UUID, ...] = ()
    comment: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True)
class Told:
    """A fact for the bus: the event's type and what it says beyond the header."""

    type: str
    version: Version | None
    details: dict[str, Any]


@dataclass(frozen=True)
class Review:
    """A step of a review, for the article's history."""

    verdict: str
    version: Version
    comment: str | None


@dataclass(frozen=True)
class Act:
    """Who does something, and when."""

    actor: Actor
    now: datetime


@dataclass
class Article:
    """What readers have, what is being written, and what has been told and decided just now."""

    article_id: UUID
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime
    state: str = "draft"
    version: int = 0
    published: Version | None = None
    draft: Version | None = None
    last_number: int = 0
    published_at: datetime | None = None
    told: list[Told] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)

    def shown(self) -> Version:
        """What the article is known by: what is (or was last) read, else what is written."""
        is_written = self.state in ("draft", "review")
        found = (self.draft if is_written else None) or self.published or self.draft
        assert found is not None, "an article has a version"
        return found

    def is_read(self, *, by_everybody: bool = False) -> bool:
        """Whether its audience can read it, or even everybody."""
        content = self.shown().content
        return self.state == "published" and (not by_everybody or content.audience == "public")

    def write(self, content: Content, act: Act, version_id: UUID) -> Version:
        """Change the draft, or begin the next one; a version under review is taken back for it."""
        if self.draft is None:
            self.draft = self._next(content, act, version_id)
        self.draft.content = content
        self.draft.state = "draft"
        self.draft.updated_at = act.now
        self._edited_by(self.draft, act.actor)
        self._settle(act.now)
        return self.draft

    def discard_draft(self, act: Act) -> Version:
        """Give up what is being written; refused where nothing else would be left."""
        draft = self._draft()
        if self.published is None:
            raise Conflict("article.only_draft", "an article without a version is archived instead")
        self.draft = None
        self._settle(act.now)
        return draft

    def submit(self, act: Act, comment: str | None) -> None:
        """Ask for a review."""
        draft = self._draft()
        if draft.state == "review":
            raise Conflict("article.in_review", "the version waits for its review already")
        if not (draft.content.full_text() or draft.content.videos):
            errors = {"body_html": ["is empty"]}
            raise InvalidInput("article.empty", "body_html: is empty", {"errors": errors})
        draft.state, draft.comment = "review", comment
        self._settle(act.now)
        self._review("requested", draft, comment)
        self._tell("article.review_requested", draft, comment=comment)

    def approve(self, act: Act, comment: str | None, *, needs_other: bool) -> None:
        """Publish the version under review in place of the one before."""
        draft = self._reviewed()
        if needs_other and act.actor.subject in draft.editors:
            raise Forbidden("article.own_version", "somebody else has to review what you wrote")
        until = draft.content.valid_until
        if until is not None and until <= act.now:
            raise Conflict("article.past_validity", "the version is not valid any more")
        if self.published is not None:
            self.published.state = "superseded"
        draft.state, draft.published_at = "published", act.now
        self.published, self.draft, self.published_at = draft, None, act.now
        self._settle(act.now)
        self._review("approved", draft, comment)
        self._tell("article.published", draft, valid_until=until, author_id=draft.author_id)

    def decline(self, act: Act, comment: str) -> None:
        """Send the version back to its author."""
        draft = self._reviewed()
        draft.state = "draft"
        self._settle(act.now)
        self._review("declined", draft, comment)
        self._tell("article.review_declined", draft, author_id=draft.author_id, comment=comment)

    def withdraw(self, act: Act, version_id: UUID) -> None:
        """Take the article from its readers, to be written on."""
        read = self._read()
        if self.draft is None:
            self.draft = self._next(read.content, act, version_id)
            self.draft.editors = read.editors
        read.state, self.published = "superseded", None
        self._settle(act.now, self.draft.state)
        self._take(read, "withdrawn")

    def archive(self, act: Act) -> None:
        """Put it away; whoever writes on takes it out again."""
        if self.state == "archived":
            raise Conflict("article.archived", "the article is in the archive")
        read = self.published if self.state == "published" else None
        if self.draft is not None:
            self.draft.state = "draft"
        self._settle(act.now, "archived")
        if read is not None:
            self._take(read, "archived")

    def expire(self, act: Act) -> None:
        """Its time is over."""
        read = self._read()
        self._settle(act.now, "expired")
        self._take(read, "expired")

    def warn_of_expiry(self, act: Act) -> None:
        """Tell that it expires soon."""
        if self.published is not None and self.state == "published":
            until, author = self.published.content.valid_until, self.published.author_id
            self._tell("article.expiring", self.published, valid_until=until, author_id=author)

    def _draft(self) -> Version:
        if self.draft is None:
            raise Conflict("article.no_draft", "there is no version that is being written")
        return self.draft

    def _reviewed(self) -> Version:
        if self.draft is None or self.draft.state != "review":
            raise Conflict("article.not_in_review", "no version waits for a review")
        return self.draft

    def _next(self, content: Content, act: Act, version_id: UUID) -> Version:
        self.last_number += 1
        who, now = act.actor, act.now
        return Version(version_id, self.last_number, content, who.subject, who.name, now, now)

    def _edited_by(self, draft: Version, actor: Actor) -> None:
        if actor.subject is not None and actor.subject not in draft.editors:
            draft.editors = (*draft.editors, actor.subject)

    def _settle(self, now: datetime, state: str | None = None) -> None:
        """The state follows from the versions, unless the readers' one was taken away."""
        self.version += 1
        self.updated_at = now
        if state is not None:
            self.state = state
        elif self.published is not None and self.published.published_at == now:
            self.state = "published"
        elif self.state != "published":
            self.state = self.draft.state if self.draft is not None else "archived"

    def _read(self) -> Version:
        if self.state != "published" or self.published is None:
            raise Conflict("article.not_published", "the article is not published")
        return self.published

    def _take(self, read: Version, cause: str) -> None:
        self._tell("article.withdrawn", read, cause=cause, author_id=read.author_id)

    def _tell(self, type: str, version: Version, **details: Any) -> None:
        self.told.append(Told(type, version, details))

    def _review(self, verdict: str, version: Version, comment: str | None) -> None:
        self.reviews.append(Review(verdict, version, comment))

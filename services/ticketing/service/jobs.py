"""What ticketing does by itself, every now and then."""

from functools import partial

import eventlet.tpool

from libs.common.blobs import open_blobs
from libs.common.bus.every import every
from libs.common.bus.housekeeping import Housekeeping
from libs.common.bus.provide import ConfigProvider
from libs.common.bus.relay import Relay
from libs.common.clock import utc_now
from libs.common.crypto.rotation import measure_plain
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.metrics import set_search_lag
from libs.common.scanning import open_scanner
from libs.common.timers import Timer, run_due_timers
from services.ticketing.clients.thumbnails import paint_thumbnail
from services.ticketing.storage.sealed_columns import PLAIN, SEALED
from services.ticketing.use_cases import aging, drafts, supervising, upkeep
from services.ticketing.use_cases import look_at_attachments as look
from services.ticketing.use_cases.collaboration_timers import run_collaboration_timers
from services.ticketing.use_cases.edit_categories import tell_moves
from services.ticketing.use_cases.index_tickets import continue_run, index_some, search_lag
from services.ticketing.use_cases.problem_answers import answer_next
from services.ticketing.use_cases.quality_check import judging
from services.ticketing.use_cases.run_automations import forget_old_runs, run_automations
from services.ticketing.use_cases.seal_texts import seal_texts
from services.ticketing.use_cases.tags import rename_tags
from services.ticketing.use_cases.tell_categories import tell_categories
from services.ticketing.use_cases.work_bulks import tidy_bulks, work_bulks


class Service(Housekeeping):
    """Housekeeping; any number of replicas may do it at once."""

    name = "ticketing"
    sealed = SEALED
    config = ConfigProvider()
    relay = Relay()

    @every(1)
    def run_timers(self) -> bool:
        """Reminders of what is supervised; results of quality checks that nobody disputed."""

        def remind(uow: UnitOfWork, timer: Timer) -> None:
            supervising.remind(uow, timer, utc_now())

        def confirm(uow: UnitOfWork, timer: Timer) -> None:
            judging.confirm_by_time(uow, timer, utc_now())

        handlers = {supervising.REMINDER: remind, judging.CONFIRMATION: confirm}
        return run_due_timers(self.database, handlers) > 0

    @every(60)
    def close_solved(self) -> bool:
        """What has stood solved long enough, where the settings say so."""
        return aging.close_solved(self.database, utc_now())

    @every(60)
    def archive_closed(self) -> bool:
        """What has been closed long enough, where the settings say so."""
        return aging.archive_closed(self.database, utc_now())

    @every(600)
    def empty_bin(self) -> bool:
        """What has been in the bin long enough."""
        return aging.empty_bin(self.database, open_blobs(self.config), utc_now())

    @every(600)
    def sweep_orphans(self) -> bool:
        """Uploads older than 48 hours that no entry shows."""
        return upkeep.sweep_orphans(self.database, open_blobs(self.config), utc_now())

    @every(1)
    def scan_attachments(self) -> bool:
        """With CLAMAV_URL, what nobody has scanned yet."""
        scanner = open_scanner()
        if scanner is None:
            return False
        return look.scan_next(self.database, open_blobs(self.config), scanner)

    @every(1)
    def paint_thumbnails(self) -> bool:
        """Small pictures, of what is not harmful."""
        only_clean = open_scanner() is not None
        blobs = open_blobs(self.config)
        # A real thread: decoding a picture would stop the hub.
        paint = partial(eventlet.tpool.execute, paint_thumbnail)
        return look.paint_next(self.database, blobs, paint, utc_now(), only_clean=only_clean)

    @every(6 * 3600)
    def sweep_blobs(self) -> None:
        """Blobs that were never even staged."""
        upkeep.sweep_blobs(self.database, open_blobs(self.config), utc_now())

    @every(1)
    def answer_problems(self) -> bool:
        """Answers to all tickets of a problem, ticket by ticket."""
        return answer_next(self.database, utc_now())

    @every(120)
    def run_automations(self) -> None:
        """What time has brought about."""
        run_automations(self.database, utc_now(), self.config.business_zone)

    @every(3600)
    def forget_old_runs(self) -> bool:
        """Of triggers and automations."""
        return forget_old_runs(self.database, utc_now())

    @every(5)
    def run_collaboration_timers(self) -> bool:
        """Time limits of collaborations that are over."""
        return run_collaboration_timers(self.database) > 0

    @every(3600)
    def sweep_drafts(self) -> bool:
        """Drafts that nobody has gone on with."""
        return drafts.sweep_drafts(self.database, utc_now())

    @every(5)
    def seal_texts(self) -> int:
        """With TICKET_BODIES=sealed, what was written before it was."""
        return seal_texts(self.database)

    @every(1)
    def work_bulks(self) -> bool:
        """The next tickets of what people have ordered for many."""
        return work_bulks(self.database, self.config.business_zone, utc_now())

    @every(1)
    def rename_tags(self) -> bool:
        """Tags that are called otherwise now, ticket by ticket."""
        return rename_tags(self.database, utc_now())

    @every(1)
    def tell_category_moves(self) -> bool:
        """Where tickets lie since their category was moved, some at a time."""
        return tell_moves(self.database, utc_now())

    @every(1)
    def tell_categories(self) -> bool:
        """What categories are called, since they were made or changed."""
        return tell_categories(self.database, utc_now())

    @every(30)
    def tidy_bulks(self) -> None:
        """Orders that are over, or long over."""
        tidy_bulks(self.database, utc_now())

    @every(60)
    def measure_plain_texts(self) -> None:
        """Tell operators how much of it is left."""
        if self.config.seals_ticket_bodies:
            for plain in PLAIN:
                measure_plain(self.database, plain)

    @every(0.5)
    def index_tickets(self) -> int:
        """What has been written is found."""
        return index_some(self.database)

    @every(2)
    def cut_anew(self) -> bool:
        """All tickets, after a change of the dictionary or when an operator wants it."""
        return continue_run(self.database, utc_now())

    @every(5)
    def measure_search(self) -> None:
        """Tell operators how far search is behind."""
        rows, seconds = search_lag(self.database)
        set_search_lag(self.name, rows=rows, seconds=seconds)

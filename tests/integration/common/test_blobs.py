# mypy: disable-error-code="import-untyped"
"""Every store keeps the same promises; what is special about one stands below."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from libs.common.blobs import Blobs, DirectoryBlobs, open_blobs
from libs.common.blobs.s3 import S3Blobs
from libs.common.config import Config, ConfigError
from libs.common.crypto import KeyRing, Undecryptable
from libs.common.errors import InvalidInput, NotFound, TooLarge, Unavailable

RING = KeyRing({"k1": bytes(32)})
CONTENT = bytes(range(256)) * 600  # more than two chunks
NOBODY = "intake/2023/10/01/aaaaaaaaaaaaaaaaaaaaaaaaaa"
LIMIT = 1 << 20


class FixedClock:
    def __init__(self) -> None:
        self.now = datetime(2023, 10, 1, 23, 59, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    name = f"blobs-{os.urandom(6).hex()}"
    boto3.client("s3", endpoint_url=s3_endpoint).create_bucket(Bucket=name)
    return name


@pytest.fixture(params=["directory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Blobs:
    if request.param == "directory":
        return DirectoryBlobs(tmp_path / "blobs", RING, clock)
    bucket, endpoint = request.getfixturevalue("bucket"), request.getfixturevalue("s3_endpoint")
    return S3Blobs(bucket, prefix="desk", endpoint=endpoint, keys=RING, clock=clock)


@pytest.fixture(params=[False, True], ids=["plain", "encrypted"])
def encrypted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


class TestEveryStore:
    def test_what_was_put_is_read(self, blobs: Blobs, encrypted: bool) -> None:
        stored = blobs.put("intake", CONTENT, max_size=LIMIT, encrypted=encrypted)
        assert re.match(r"intake/2023/10/01/\w{26}", stored.key)
        assert stored.size == blobs.size(stored.key) == len(CONTENT)
        assert len(stored.sha256) == 64
        assert blobs.read(stored.key) == CONTENT
        assert b"".join(blobs.stream(stored.key)) == CONTENT

    @pytest.mark.parametrize("content", [b"", b"a"])
    def test_the_smallest_blobs_are_kept(
        self, blobs: Blobs, encrypted: bool, content: bytes
    ) -> None:
        stored = blobs.put("intake", content, max_size=LIMIT, encrypted=encrypted)
        assert (stored.size, blobs.size(stored.key)) == (len(content), len(content))
        assert blobs.read(stored.key) == content

    def test_files_and_iterables_are_streamed_in(self, blobs: Blobs, encrypted: bool) -> None:
        for content in (io.BytesIO(CONTENT), iter([CONTENT[:100], CONTENT[100:]])):
            stored = blobs.put("intake", content, max_size=LIMIT, encrypted=encrypted)
            assert blobs.read(stored.key) == CONTENT

    @pytest.mark.parametrize(
        ("start", "length"),
        [(0, 10), (5, None), (65_530, 20), (131_072, 5), (10**6, 5), (0, 0), (10, 10**6)],
    )
    def test_a_range_is_read(
        self, blobs: Blobs, encrypted: bool, start: int, length: int | None
    ) -> None:
        key = blobs.put("intake", CONTENT, max_size=LIMIT, encrypted=encrypted).key
        end = None if length is None else start + length
        assert b"".join(blobs.stream(key, start, length)) == CONTENT[start:end]

    def test_the_content_is_a_file_to_its_reader(self, blobs: Blobs, encrypted: bool) -> None:
        key = blobs.put("intake", b"one\ntwo\n", max_size=LIMIT, encrypted=encrypted).key
        with blobs.open(key) as file:
            assert list(file) == [b"one\n", b"two\n"]

    def test_a_stream_that_is_not_read_to_its_end_is_closed(
        self, blobs: Blobs, encrypted: bool
    ) -> None:
        key = blobs.put("intake", CONTENT, max_size=LIMIT, encrypted=encrypted).key
        stream = blobs.stream(key)
        next(stream)
        stream.close()
        assert list(stream) == []

    def test_a_blob_over_its_limit_leaves_nothing(self, blobs: Blobs, encrypted: bool) -> None:
        with pytest.raises(TooLarge):
            blobs.put("intake", CONTENT, max_size=len(CONTENT) - 1, encrypted=encrypted)
        assert list(blobs.list_day("intake", date(2023, 10, 1))) == []
        assert blobs.sweep_unfinished(timedelta(0)) == 0

    def test_a_sender_that_breaks_off_leaves_nothing(self, blobs: Blobs, encrypted: bool) -> None:
        def broken() -> Iterator[bytes]:
            yield b"some"
            raise ConnectionResetError("gone")

        with pytest.raises(ConnectionResetError):
            blobs.put("intake", broken(), max_size=LIMIT, encrypted=encrypted)
        assert list(blobs.list_day("intake", date(2023, 10, 1))) == []

    def test_a_day_is_listed_by_owner(self, blobs: Blobs, clock: FixedClock) -> None:
        first = blobs.put("intake", b"1", max_size=LIMIT).key
        second = blobs.put("intake", b"2", max_size=LIMIT, encrypted=True).key
        blobs.put("ticketing", b"3", max_size=LIMIT)
        clock.now += timedelta(minutes=2)
        next_day = blobs.put("intake", b"4", max_size=LIMIT).key
        assert list(blobs.list_day("intake", date(2023, 10, 1))) == sorted([first, second])
        assert list(blobs.list_day("intake", date(2023, 10, 2))) == [next_day]
        assert list(blobs.list_day("intake", date(2023, 10, 3))) == []

    def test_a_deleted_blob_is_gone_and_may_be_deleted_again(
        self, blobs: Blobs, encrypted: bool
    ) -> None:
        key = blobs.put("intake", CONTENT, max_size=LIMIT, encrypted=encrypted).key
        blobs.delete(key)
        blobs.delete(key)
        for ask in (blobs.read, blobs.size, blobs.stream):
            with pytest.raises(NotFound):
                ask(key)

    @pytest.mark.parametrize("key", [NOBODY, f"{NOBODY}.sealed"])
    def test_a_key_that_nobody_has_is_not_found(self, blobs: Blobs, key: str) -> None:
        for ask in (blobs.open, blobs.size):
            with pytest.raises(NotFound):
                ask(key)
        with pytest.raises(NotFound):
            blobs.open(key, 3, 0)

    @pytest.mark.parametrize("key", ["../secret", "/etc/passwd", "intake/../../x", ""])
    def test_a_path_is_no_key(self, blobs: Blobs, key: str) -> None:
        for ask in (blobs.open, blobs.size, blobs.delete, blobs.read, blobs.stream):
            with pytest.raises(InvalidInput):
                ask(key)


class TestDirectory:
    def test_an_encrypted_blob_does_not_show_on_the_disk(self, tmp_path: Path) -> None:
        blobs = DirectoryBlobs(tmp_path, RING)
        plain = blobs.put("intake", b"phone 13800138000", max_size=LIMIT).key
        sealed = blobs.put("intake", b"phone 13800138000", max_size=LIMIT, encrypted=True).key
        assert b"13800138000" in (tmp_path / plain).read_bytes()
        assert b"13800138000" not in (tmp_path / sealed).read_bytes()

    def test_a_rotated_key_still_reads_and_an_unknown_one_is_a_fault(self, tmp_path: Path) -> None:
        key = DirectoryBlobs(tmp_path, RING).put("a", b"x", max_size=9, encrypted=True).key
        new = {"k2": b"2" * 32}
        assert DirectoryBlobs(tmp_path, KeyRing({**new, "k1": bytes(32)})).read(key) == b"x"
        with pytest.raises(Undecryptable):
            DirectoryBlobs(tmp_path, KeyRing(new)).read(key)
        with pytest.raises(ConfigError, match="FIELD_KEYS"):
            DirectoryBlobs(tmp_path).read(key)

    def test_nothing_is_kept_that_others_may_read(self, tmp_path: Path) -> None:
        key = DirectoryBlobs(tmp_path).put("intake", b"x", max_size=9).key
        assert (tmp_path / key).stat().st_mode & 0o007 == 0

    def test_what_a_crash_left_is_swept_after_a_while(self, tmp_path: Path) -> None:
        blobs = DirectoryBlobs(tmp_path)
        key = blobs.put("intake", b"x", max_size=9).key
        left = tmp_path / ".incoming" / "left"
        left.write_bytes(b"half")
        assert blobs.sweep_unfinished(timedelta(hours=1)) == 0
        assert blobs.sweep_unfinished(timedelta(seconds=-5)) == 1
        assert not left.exists()
        assert blobs.read(key) == b"x"

    def test_a_writer_that_is_killed_leaves_no_blob(self, tmp_path: Path) -> None:
        script = (
            "import os, sys\n"
            "from libs.common.blobs import DirectoryBlobs\n"
            "def content():\n"
            "    yield b'half'\n"
            "    os.kill(os.getpid(), 9)\n"
            "DirectoryBlobs(sys.argv[1]).put('intake', content(), max_size=99)\n"
        )
        subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
        blobs = DirectoryBlobs(tmp_path)
        assert [path for path in tmp_path.rglob("*") if path.is_file()] != []
        assert list(blobs.list_day("intake", datetime.now(UTC).date())) == []
        assert blobs.sweep_unfinished(timedelta(seconds=-5)) == 1

    def test_a_place_that_cannot_be_written_is_the_stores_fault(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(Unavailable):
            DirectoryBlobs(tmp_path / "file" / "blobs").put("intake", b"x", max_size=9)


class TestChoice:
    def config(self, tmp_path: Path, **more: str) -> Config:
        return Config.read({"BLOB_DIR": str(tmp_path), **more})

    def test_the_directory_is_the_default(self, tmp_path: Path) -> None:
        blobs = open_blobs(self.config(tmp_path, FIELD_KEYS=f"k1:{'00' * 32}"), {})
        key = blobs.put("intake", b"x", max_size=9, encrypted=True).key
        assert DirectoryBlobs(tmp_path, RING).read(key) == b"x"

    def test_a_bucket_is_used_when_it_is_named(
        self, tmp_path: Path, bucket: str, s3_endpoint: str
    ) -> None:
        env = {"BLOB_S3_BUCKET": bucket, "BLOB_S3_ENDPOINT": s3_endpoint}
        key = open_blobs(self.config(tmp_path), env).put("intake", b"x", max_size=9).key
        assert S3Blobs(bucket, endpoint=s3_endpoint).read(key) == b"x"
        assert list(tmp_path.iterdir()) == []

    def test_a_bucket_that_is_missing_or_down_is_the_stores_fault(
        self, bucket: str, s3_endpoint: str
    ) -> None:
        with pytest.raises(Unavailable):
            S3Blobs(f"no-{bucket}", endpoint=s3_endpoint).put("intake", b"x", max_size=9)
        with pytest.raises(Unavailable):
            S3Blobs(bucket, endpoint="http://127.0.0.1:1").put("intake", b"x", max_size=9)

"""Files from outside are read within bounds, or refused by name; nothing is unpacked to disk."""

import contextlib
import gzip
import io
import os
import stat
import tracemalloc
import zipfile
import zlib
from pathlib import Path
from random import Random

import pytest

from collectors.errors import PayloadError
from collectors.importers import archives, opening
from collectors.importers.archives import Archive, is_safe_name
from collectors.importers.contract import RawFile
from collectors.importers.opening import (
    MAX_DEPTH,
    open_raw,
    read_csv,
    read_json,
    read_json_lines,
    read_text,
)

MIB = 1 << 20


def raw(path: Path, data: bytes) -> RawFile:
    path.write_bytes(data)
    return RawFile(path.name, path, "0" * 64)


@pytest.fixture(scope="module")
def bomb(tmp_path_factory) -> RawFile:
    """Return a gzip of two gigabytes of zeros, written as a stream: two megabytes on disk."""
    path = tmp_path_factory.mktemp("bomb") / "bomb.json.gz"
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(4 * MIB)
    with path.open("wb") as file:
        for _ in range((2 << 30) // len(block)):
            file.write(packer.compress(block))
        file.write(packer.flush())
    return RawFile(path.name, path, "0" * 64)


@pytest.mark.parametrize(
    "read",
    [read_json, lambda file: list(read_json_lines(file)), lambda file: list(read_csv(file, ("a",)))],
    ids=["json", "lines", "csv"],
)
def test_two_gigabytes_of_zeros_in_a_gzip_are_refused_without_being_held(bomb, read):
    assert bomb.path.stat().st_size < 4 * MIB
    tracemalloc.start()
    try:
        with pytest.raises(PayloadError, match=r"more than 128 MiB|longer than 16 MiB"):
            read(bomb)
        assert tracemalloc.get_traced_memory()[1] < 300 * MIB
    finally:
        tracemalloc.stop()


def test_a_stream_past_its_limit_is_refused_and_one_at_its_limit_is_not(tmp_path):
    data = os.urandom(3000)
    with open_raw(raw(tmp_path / "a.gz", gzip.compress(data)), 3000) as stream:
        assert stream.read() == data
    with pytest.raises(PayloadError, match="once decompressed"), open_raw(raw(tmp_path / "b", data), 2999) as stream:
        stream.read()


def test_a_gzip_is_told_by_its_bytes_and_read_like_the_plain_file(tmp_path):
    plain = raw(tmp_path / "plain.json", b'{"a": 1}')
    packed = raw(tmp_path / "packed", gzip.compress(b'{"a": 1}'))
    assert read_json(plain) == read_json(packed) == {"a": 1}


@pytest.mark.parametrize("cut", [1, 9, 12, 30])
def test_a_torn_gzip_is_refused(tmp_path, cut):
    whole = gzip.compress(b'{"a": "' + os.urandom(200).hex().encode() + b'"}')
    with pytest.raises(PayloadError, match="torn"):
        read_json(raw(tmp_path / "a.gz", whole[:-cut]))


def test_a_gzip_with_a_broken_checksum_is_refused(tmp_path):
    whole = bytearray(gzip.compress(b'{"a": 1}'))
    whole[-5] ^= 255
    with pytest.raises(PayloadError, match="torn"):
        read_json(raw(tmp_path / "a.gz", bytes(whole)))


def test_text_may_begin_with_a_mark_and_chinese_is_kept(tmp_path):
    assert read_text(raw(tmp_path / "a", "\ufeff智谱".encode())) == "智谱"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("智谱".encode("gb18030"), "byte 0xd6 at 0.*GB18030"),
        ("智谱".encode("utf-16"), "UTF-16"),
        (b"abc\xff", "byte 0xff at 3"),
    ],
)
def test_another_encoding_is_refused_with_the_place(tmp_path, data, words):
    with pytest.raises(PayloadError, match=words):
        read_text(raw(tmp_path / "a", data))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not valid JSON"),
        (b'{"a": 1', "not valid JSON"),
        (b"\n <!doctype html>", "HTML or XML page"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "a key stands twice in one object; got 'c'"),
        (b"[" * 100_000 + b"]" * 100_000, "not valid JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not valid JSON"),
    ],
    ids=["empty", "torn", "html", "twice", "deep", "long number"],
)
def test_what_is_no_sound_json_is_refused(tmp_path, data, words):
    with pytest.raises(PayloadError, match=words):
        read_json(raw(tmp_path / "a.json", data))


def test_json_is_read_to_a_depth_that_every_reader_can_walk(tmp_path):
    assert read_json(raw(tmp_path / "a.json", b"[" * MAX_DEPTH + b"]" * MAX_DEPTH))
    with pytest.raises(PayloadError, match="nested deeper than 100"):
        read_json(raw(tmp_path / "b.json", b'{"a": [' * 51 + b"]}" * 51))
    assert len(read_json(raw(tmp_path / "c.json", b"[" + b"{}," * 1000 + b"{}]"))) == 1001


def test_nan_and_infinity_come_through_for_the_rows_to_refuse(tmp_path):
    nan, infinity = read_json(raw(tmp_path / "a.json", b"[NaN, -Infinity]"))
    assert nan != nan
    assert infinity == float("-inf")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'["\ud83d\ude00 \\ud800"]', ["\U0001f600 \\ud800"]),
        (r'["\ud83d", "\ude00", "\ud83d\ud83d\ude00"]', ["?", "?", "?\U0001f600"]),
        (r'{"\uDFFF": 1e400, "b": 12345678901234567890}', {"?": float("inf"), "b": 12345678901234567890}),
    ],
)
def test_half_of_a_character_is_replaced_since_nothing_could_write_it(tmp_path, text, value):
    assert read_json(raw(tmp_path / "a.json", text.encode())) == value


def test_lines_of_json_are_numbered_and_the_first_bad_one_is_named(tmp_path):
    file = raw(tmp_path / "a.jsonl", b'{"a": 1}\n\n{"a": 2}\n{"a": ')
    found = []
    with pytest.raises(PayloadError, match=r"a\.jsonl:4: not valid JSON"):
        for line in read_json_lines(file):
            found.append(line)
    assert found == [(1, {"a": 1}), (3, {"a": 2})]


def test_a_line_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "MAX_LINE_BYTES", 100)
    with pytest.raises(PayloadError, match="the line is longer"):
        list(read_json_lines(raw(tmp_path / "a.jsonl", b'"' + b"x" * 200 + b'"\n')))


def test_a_csv_gives_its_rows_and_none_for_a_row_of_another_length(tmp_path):
    file = raw(tmp_path / "a.csv", b'\xef\xbb\xbfa,b\r\n1,"2\n3"\r\n4\r\n\r\n5,6,7\r\n')
    assert list(read_csv(file, ("b", "a"))) == [(3, {"a": "1", "b": "2\n3"}), (4, None), (6, None)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a,b,a\n1,2,3\n", "a column stands twice: a"),
        (b"a,c\n1,2\n", "columns are missing: b"),
        (b"<html>\n", "HTML"),
        (b"", "columns are missing"),
        (b'a,b\n1,"2\n', "not valid CSV"),
        (b'a,b\n1,"2"x\n', "not valid CSV"),
        ("a,b\n1,智谱\n".encode("gb18030"), "not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"a,b\n1," + b"x" * 200_000 + b"\n", "not valid CSV"),
    ],
)
def test_what_is_no_sound_csv_is_refused(tmp_path, data, words):
    with pytest.raises(PayloadError, match=words):
        list(read_csv(raw(tmp_path / "a.csv", data), ("a", "b")))


def pack(path: Path, members: dict[str, bytes]) -> RawFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return raw(path, buffer.getvalue())


def test_an_archive_is_read_member_by_member_in_memory(tmp_path):
    file = pack(tmp_path / "a.zip", {"x/y.json": b'{"a": 1}', "z.csv": b"a\n1\n"})
    before = set(tmp_path.iterdir())
    with Archive(file) as archive:
        assert archive.names == ["x/y.json", "z.csv"]
        assert archive.read_json("x/y.json") == {"a": 1}
        assert list(archive.read_csv("z.csv", ("a",))) == [(2, {"a": "1"})]
        with pytest.raises(PayloadError, match="cannot be read from the archive"):
            archive.read("none")
    assert set(tmp_path.iterdir()) == before


def test_a_member_that_swells_is_refused_whatever_it_says_of_its_size(tmp_path):
    file = pack(tmp_path / "a.zip", {"bomb.json": bytes(64 * MIB)})
    assert file.path.stat().st_size < MIB
    with Archive(file) as archive, pytest.raises(PayloadError, match="holds more than 1 MiB"):
        archive.read("bomb.json", MIB)


def test_a_torn_member_and_a_torn_archive_are_refused(tmp_path):
    data = pack(tmp_path / "a.zip", {"a.json": Random(1).randbytes(5000).hex().encode()}).path.read_bytes()
    broken = bytearray(data)
    broken[200] ^= 255
    with (
        Archive(raw(tmp_path / "b.zip", bytes(broken))) as archive,
        pytest.raises(PayloadError, match="torn"),
    ):
        archive.read("a.json")
    with pytest.raises(PayloadError, match="not a zip file"):
        Archive(raw(tmp_path / "c.zip", data[:-20]))


def test_an_archive_wrong_in_any_one_byte_is_read_or_refused(tmp_path):
    data = pack(tmp_path / "a.zip", {"é.json": b'{"a": 1}'}).path.read_bytes()
    assert b"\xc3\xa9.json" in data
    for place in range(len(data)):
        for value in (0, 12, 14, 0xFF, data[place] ^ 8):
            changed = raw(tmp_path / "b.zip", data[:place] + bytes([value]) + data[place + 1 :])
            with contextlib.suppress(PayloadError), Archive(changed) as archive:
                for name in archive.names:
                    archive.read(name)


def test_a_link_or_a_second_member_of_one_name_is_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link.json")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(PayloadError, match="leads out of the archive"):
        Archive(raw(tmp_path / "a.zip", buffer.getvalue()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a.json", "1")
        archive.writestr("a.json", "2")
    with pytest.raises(PayloadError, match="stands twice"):
        Archive(raw(tmp_path / "b.zip", buffer.getvalue()))


def test_an_archive_of_too_many_members_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    with pytest.raises(PayloadError, match="more than 2 members"):
        Archive(pack(tmp_path / "a.zip", {f"{n}.json": b"1" for n in range(3)}))


@pytest.mark.parametrize(
    ("name", "is_safe"),
    [
        ("a/b.json", True),
        ("a..b/c", True),
        ("智谱/结果.json", True),
        ("../a", False),
        ("a/../../b", False),
        ("/a", False),
        ("C:/a", False),
        ("a\\b", False),
        ("a\nb", False),
        ("a\0b", False),
        ("", False),
    ],
)
def test_a_safe_name_stays_below_where_it_starts(name, is_safe):
    assert is_safe_name(name) is is_safe

"""Files that people drop into a folder: each is taken once, when it is whole, by one of many workers."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import pytest

from mesh import Unavailable
from reports.sources.folder import Changed, Dropped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "dropped"
    made.mkdir()
    return made


def look(dropped: Dropped) -> list[str]:
    """What is ready now, left as it is."""
    return [file.name for file in dropped.ready(0)]


def lies(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def short(content: bytes) -> str:
    return sha256(content).hexdigest()[:12]


def test_a_file_is_read_and_moved(folder: Path) -> None:
    (folder / "orders.csv").write_bytes(b"content")
    for file in Dropped(folder).ready(0):
        assert (file.name, file.size, file.digest) == ("orders.csv", 7, sha256(b"content").hexdigest())
        assert file.opened().read() == b"content"
        assert file.opened().read() == b"content"
        file.check()
        file.taken()
    assert lies(folder) == {f"taken/orders.{short(b'content')}.csv"}


def test_one_that_is_of_no_use_lies_beside_its_reason(folder: Path) -> None:
    (folder / "orders.csv").write_bytes(b"nonsense")
    for file in Dropped(folder).ready(0):
        file.refused("line 1: it lacks sku")
    name = f"refused/orders.{short(b'nonsense')}.csv"
    assert lies(folder) == {name, f"{name}.why"}
    assert (folder / f"{name}.why").read_text() == "line 1: it lacks sku\n"


def test_one_that_is_being_written_is_waited_for(folder: Path) -> None:
    dropped = Dropped(folder)
    with (folder / "orders.csv").open("wb", buffering=0) as being_written:
        for _ in range(5):
            being_written.write(b"more")
            assert [file.name for file in dropped.ready(0.3)] == []
            time.sleep(0.1)
    assert [file.name for file in dropped.ready(0.3)] == []  # nobody has seen it like this for long
    time.sleep(0.31)
    assert [file.name for file in dropped.ready(0.3)] == ["orders.csv"]


@pytest.mark.parametrize("name", ["a.csv.part", ".a.csv", "~$a.csv", "a.csv.tmp", "a.xlsx", "a.csv.filepart"])
def test_a_name_says_that_it_is_unfinished(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"half")
    dropped = Dropped(folder)
    assert look(dropped) == []
    (folder / name).rename(folder / "A.CSV")
    assert look(dropped) == ["A.CSV"]


def test_what_goes_on_being_written_as_it_is_read_is_noticed(folder: Path) -> None:
    path = folder / "orders.csv"
    path.write_bytes(b"half")
    ready = Dropped(folder).ready(0)
    file = next(ready)
    file.check()
    with path.open("ab") as more:
        more.write(b"and half")
    with pytest.raises(Changed, match=r"orders\.csv is still being written"):
        file.check()
    assert next(ready, None) is None
    assert lies(folder) == {"orders.csv"}


def test_the_same_again_and_another_of_that_name(folder: Path) -> None:
    for content in (b"one", b"two", b"one"):
        (folder / "orders.csv").write_bytes(content)
        for file in Dropped(folder).ready(0):
            file.taken()
    assert lies(folder) == {f"taken/orders.{short(content)}.csv" for content in (b"one", b"two")}


def test_one_that_was_let_go_is_there_for_the_next(folder: Path) -> None:
    (folder / "orders.csv").write_bytes(b"content")
    with pytest.raises(RuntimeError):
        for _ in Dropped(folder).ready(0):
            raise RuntimeError("the database is away")
    assert look(Dropped(folder)) == ["orders.csv"]


def test_nobody_has_what_another_has(folder: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (folder / name).write_bytes(name.encode())
    first = Dropped(folder).ready(0)
    assert next(first).name == "a.csv"
    assert look(Dropped(folder)) == ["b.csv"]
    first.close()  # type: ignore[attr-defined]
    assert look(Dropped(folder)) == ["a.csv", "b.csv"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from reports.sources.folder import Dropped
for file in Dropped(Path(sys.argv[1])).ready(0):
    file.opened().read()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_worker_had_is_taken_by_the_next(folder: Path) -> None:
    (folder / "orders.csv").write_bytes(b"content")
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(folder)])
    assert killed.returncode == -9
    assert look(Dropped(folder)) == ["orders.csv"]


_WORKER = """
import sys, time
from pathlib import Path
from reports.sources.folder import Dropped
dropped, until = Dropped(Path(sys.argv[1])), time.monotonic() + 60
while len(list((Path(sys.argv[1])).glob("*.csv"))) and time.monotonic() < until:
    for file in dropped.ready(0):
        print("took", file.name, flush=True)
        time.sleep(0.002)
        file.taken()
"""


def test_of_many_workers_each_takes_what_no_other_does(folder: Path) -> None:
    names = [f"{number}.csv" for number in range(60)]
    for name in names:
        (folder / name).write_bytes(name.encode())
    workers = [
        subprocess.Popen([sys.executable, "-c", _WORKER, str(folder)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    printed = [worker.communicate(timeout=90)[0] for worker in workers]
    lines = [line for output in printed for line in output.splitlines()]
    assert Counter(line for line in lines if line.startswith("took")) == Counter(
        f"took {name}" for name in names
    )
    assert len(lies(folder)) == 60


def test_threads_too(folder: Path) -> None:
    for number in range(40):
        (folder / f"{number}.csv").write_bytes(str(number).encode())
    taken: list[str] = []

    def work() -> None:
        for file in Dropped(folder).ready(0):
            taken.append(file.name)
            time.sleep(0.001)
            file.taken()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(f"{number}.csv" for number in range(40))


def test_what_is_no_file_is_left_alone(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "passwords.csv").write_bytes(b"s3cr3t")
    (folder / "link.csv").symlink_to(tmp_path / "passwords.csv")
    os.mkfifo(folder / "pipe.csv")
    (folder / "folder.csv").mkdir()
    assert look(Dropped(folder)) == []


def test_one_that_we_may_not_read_is_told_once(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("a.csv", "b.csv"):
        (folder / name).write_bytes(b"content")
    (folder / "a.csv").chmod(0)
    folder.chmod(0o755)
    dropped = Dropped(folder)
    with ExitStack() as back:
        if os.geteuid() == 0:  # root may read anything
            for parent in list(folder.parents)[:4]:
                back.callback(parent.chmod, parent.stat().st_mode)
                parent.chmod(0o755)
            os.seteuid(65534)
            back.callback(os.seteuid, 0)
        assert [look(dropped), look(dropped)] == [["b.csv"], ["b.csv"]]
    assert caplog.text.count("file.unreadable") == 1


@pytest.mark.parametrize(
    "name", [b"\xff\xfe.csv", "счёт за ноябрь.csv".encode(), b"x" * 251 + b".csv", b"a\nb.csv"]
)
def test_whatever_it_is_called(folder: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"content")
    for file in Dropped(folder).ready(0):
        file.name.encode()
        file.refused("no")
    assert [path.name for path in folder.iterdir()] == ["refused"]
    assert len(lies(folder)) == 2


def test_a_folder_that_is_not_there_is_waited_for(tmp_path: Path) -> None:
    dropped = Dropped(tmp_path / "share")
    with pytest.raises(Unavailable, match="No such file or directory"):
        look(dropped)
    (tmp_path / "share").mkdir()
    assert look(dropped) == []


def test_what_cannot_be_moved_is_there_the_next_time(folder: Path) -> None:
    (folder / "orders.csv").write_bytes(b"content")
    (folder / "taken").touch()  # somebody's file is in the way
    for file in Dropped(folder).ready(0):
        with pytest.raises(Unavailable, match="folder"):
            file.taken()
    assert look(Dropped(folder)) == ["orders.csv"]

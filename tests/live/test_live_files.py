"""What the live book's server leaves on disk, reads from its surroundings, and says in the end."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zmq
from jupyter_client.ioloop.restarter import AsyncIOLoopKernelRestarter
from traitlets.config import Configurable

from d2l_book.live import cli
from d2l_book.live.access import TokenOnly
from d2l_book.live.configuration import Secrets, configuration
from d2l_book.live.folder import LONGEST, PREFIX, PrivateFolder, parent, sweep
from d2l_book.live.kernels import Kernels, OwnPython
from d2l_book.live.server import BookServer
from tests import patience
from tests.conftest import ROOT
from tests.live.test_server import Server
from tests.processes import is_running, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of one page."""
    folder = tmp_path_factory.mktemp("book")
    (folder / "_static").mkdir()
    (folder / "_static" / "live.js").touch()
    (folder / "index.html").write_text("<html><head></head></html>")
    (folder / "page.html").write_text("<html><head></head></html>")
    return folder


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A folder for a configuration of Jupyter, without one."""
    return tmp_path


@pytest.fixture
def start(book: Path, config: Path, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """A factory of servers with a place for temporary files of their own."""
    started: list[Server] = []
    (tmp_path / "t").mkdir()

    def begin(**variables: str) -> Server:
        places = {"TMPDIR": str(tmp_path / "t"), "HOME": str(tmp_path / "home")}
        places |= {"JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime")}
        started.append(Server(book, config, **places, **variables))  # type: ignore[arg-type]
        return started[-1]

    yield begin
    for each in started:
        each.stop(signal.SIGKILL)


def holding(folder: Path, text: str) -> list[Path]:
    """The files below a folder that contain a text."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if text.encode() in path.read_bytes()]


def folders_of(server: Server) -> list[Path]:
    """The private folders that a server has open, by the lock that it holds."""
    links = [os.readlink(each) for each in Path(f"/proc/{server.process.pid}/fd").glob("*")]
    return [Path(each).parent for each in links if Path(each).name == "lock"]


@pytest.mark.parametrize(
    "name", ["ServerApp", "IdentityProvider", "KernelManager", "KernelRestarter"]
)
def test_all_that_is_configured_exists(name: str) -> None:
    settings = configuration(0, Secrets(), opens_browser=True)
    manager = Kernels.kernel_manager_class.default_value  # what it really starts kernels with
    classes: dict[str, type[Configurable]] = {
        "ServerApp": BookServer,
        "IdentityProvider": TokenOnly,
        "KernelManager": import_class(Kernels().kernel_manager_class),
        "KernelRestarter": AsyncIOLoopKernelRestarter,
        "KernelSpecManager": OwnPython,
        "MappingKernelManager": Kernels,
    }
    assert manager is not None
    assert set(settings) == set(classes)
    for section, values in settings.items():
        known = classes[section].class_traits(config=True)
        assert section in [each.__name__ for each in classes[section].__mro__]
        assert set(values) - set(known) == set(), section
    assert "no_browser_open_file" not in BookServer.class_traits(config=True)


def test_kernel_that_dies_is_noticed_sooner_than_jupyter_would() -> None:
    settings = configuration(0, Secrets(), opens_browser=True)
    usual = AsyncIOLoopKernelRestarter().time_to_dead
    assert AsyncIOLoopKernelRestarter(config=settings).time_to_dead < usual / 5


def import_class(name: str) -> type[Configurable]:
    module, _, own = name.rpartition(".")
    found: type[Configurable] = getattr(__import__(module, fromlist=[own]), own)
    return found


def test_token_is_in_no_file(start: Callable[..., Server], tmp_path: Path) -> None:
    server = start()
    server.start_kernel()
    server.ask("/book/page.html", server.token)
    assert holding(tmp_path, server.token) == []
    for folder in folders_of(server):
        assert holding(folder, server.token) == []
    server.stop()
    assert holding(tmp_path, server.token) == []


def test_file_that_opens_the_browser_is_private_and_gone_after_the_visit(
    book: Path,
    config: Path,
    tmp_path: Path,
) -> None:
    browser = tmp_path / "browser"
    asked = tmp_path / "asked"
    browser.write_text(f'#!/bin/sh\necho "$1" > {asked}.new; mv {asked}.new {asked}\n')
    browser.chmod(0o755)
    server = Server(book, config, opens=True, BROWSER=f"{browser} %s")
    try:
        assert wait_until(asked.is_file)
        path = Path(asked.read_text().strip().removeprefix("file://"))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) & 0o777 == 0o700
        assert server.address in path.read_text()
        assert server.ask("/book/page.html?token=wrong")[0] == 403
        assert path.exists()
        assert server.ask(f"/book/page.html?token={server.token}")[0] == 200
        assert not path.exists()
    finally:
        server.stop()
    assert not path.parent.exists()


def test_folder_is_private_and_locked_while_its_server_lives(tmp_path: Path) -> None:
    one = PrivateFolder(tmp_path)
    assert stat.S_IMODE(one.path.stat().st_mode) == 0o700
    sweep(tmp_path)
    assert one.path.is_dir()
    one.remove()
    assert list(tmp_path.iterdir()) == []


def test_only_folders_of_dead_servers_are_swept(tmp_path: Path) -> None:
    dead, late, young, own, other = (
        tmp_path / f"{PREFIX}{each}" for each in ("dead", "late", "young", "own", "file")
    )
    dead.mkdir()
    (dead / "lock").touch()
    (dead / "kernel-1.json").touch()
    late.mkdir()  # made again by a kernel whose server was killed meanwhile
    (late / "kernel-1.json").touch()
    young.mkdir()  # has no lock: not ours, or not ready
    own.mkdir()
    (own / "kernel-1.json").touch()
    (own / "thesis.tex").touch()
    other.touch()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lock").touch()
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)
    sweep(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(
        [young.name, own.name, other.name, f"{PREFIX}link", "elsewhere"]
    )
    assert (elsewhere / "lock").exists()


def test_place_for_sockets_is_short_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/" + "long/" * 20)
    assert parent() == Path("/tmp")
    monkeypatch.setattr("tempfile.tempdir", "/short")
    assert parent() == Path("/short")
    socket = f"{'x' * LONGEST}/{PREFIX}12345678/kernel-{'x' * 36}-ipc-5"
    assert len(socket) < 104


def test_next_start_sweeps_what_a_killed_server_left(start: Callable[..., Server]) -> None:
    first = start()
    first.send(first.start_kernel(), "print('ready')")  # and so it writes no file any more
    [left] = folders_of(first)
    first.stop(signal.SIGKILL)
    assert left.is_dir()
    second = start()
    assert wait_until(lambda: not left.exists())  # unless another one is at it already
    [own] = folders_of(second)
    second.stop()
    assert not own.exists()


def test_what_a_kernel_prints_cannot_be_subscribed_to_over_the_network(
    start: Callable[..., Server],
) -> None:
    server = start()
    kernel = server.start_kernel()
    pid = int(server.send(kernel, "import os; print(os.getpid())"))
    inodes = {os.readlink(each) for each in Path(f"/proc/{pid}/fd").glob("*")}
    listening = [
        line.split()
        for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    ]
    ports = [int(e[1].split(":")[1], 16) for e in listening if f"socket:[{e[9]}]" in inodes]
    with zmq.Context() as context, context.socket(zmq.SUB) as listener:
        listener.subscribe(b"")
        for port in ports:  # ipykernel listens for what forked children print
            listener.connect(f"tcp://127.0.0.1:{port}")
        assert server.send(kernel, "print('said')") == "said\n"
        assert listener.poll(500) == 0
    [folder] = folders_of(server)
    [connection] = folder.glob("kernel-*.json")
    assert json.loads(connection.read_text())["transport"] == "ipc"
    assert len([each for each in folder.iterdir() if each.is_socket()]) == 5
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0


def test_environment_configures_nothing(start: Callable[..., Server], tmp_path: Path) -> None:
    other = tmp_path / "share" / "kernels" / "python3"
    other.mkdir(parents=True)
    (other / "kernel.json").write_text('{"argv": ["false"], "display_name": "x", "language": "x"}')
    server = start(
        JUPYTER_PATH=str(tmp_path / "share"),
        JUPYTER_PORT_RETRIES="0",
        JUPYTER_PORT="1",
        JUPYTER_GATEWAY_URL="http://127.0.0.1:9/",
        JUPYTER_ALLOW_INSECURE_WRITES="1",
        JUPYTER_SERVER_ALLOW_UNAUTHENTICATED_ACCESS="true",
    )
    code = "import os, sys; print([sys.executable, *(v for v in os.environ if 'JUPYTER' in v)])"
    assert server.send(server.start_kernel(), code).strip() == str([sys.executable])
    second = start(JUPYTER_PORT_RETRIES="0")
    assert second.port != server.port


@pytest.mark.parametrize("port", ["-1", "65536", "70000"])
def test_port_that_cannot_be_is_said_so(
    book: Path,
    port: str,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cli, "forget_jupyter_settings", lambda: None)
    assert cli.main(["--port", port, "--no-browser", "--book", str(book)]) == 2
    said = capfd.readouterr()
    assert said.err == f"port: expected a number from 0 to 65535, got {port}\n"
    assert said.out == ""


def test_taken_port_leads_to_the_next_one_whatever_the_environment_says(
    book: Path,
    config: Path,
) -> None:
    first = Server(book, config)
    second = Server(book, config, port=first.port, JUPYTER_PORT_RETRIES="0")
    assert first.port != second.port
    assert first.stop().replace(LAST_WORDS, "") == ""
    assert second.stop().replace(LAST_WORDS, "") == ""


LAST_WORDS = "Whoever has this address can run code as you. Stop with Control-C.\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_says_nothing_also_with_busy_and_starting_kernels(
    start: Callable[..., Server], number: int
) -> None:
    server = start()
    busy = "import os\nprint(os.getpid(), flush=True)\nwhile True: pass"
    pid = int(server.send(server.start_kernel(), busy))
    server.start_kernel()
    assert server.stop(number).replace(LAST_WORDS, "") == ""
    assert server.process.returncode == 0
    assert not is_running(pid)


FAILING = """
import os, signal, sys
from pathlib import Path
from d2l_book.live import server

def refuse(*arguments, **options):
    raise RuntimeError("no")

async def fail(*arguments, **options):
    raise RuntimeError("no")

own = server.create(Path(sys.argv[1]), 0)
if sys.argv[2] == "start":
    async def begin():
        manager = own.kernel_manager
        await manager.start_kernel(kernel_name="python3")
        manager.kernel_spec_manager.get_kernel_spec = refuse
        try:
            await manager.start_kernel(kernel_name="python3")
        except RuntimeError:
            print("pending:", len(manager._pending_kernels))
        os.kill(os.getpid(), signal.SIGTERM)
    own.io_loop.add_callback(begin)
else:
    own.cleanup_extensions = fail
    own.io_loop.add_callback(os.kill, os.getpid(), signal.SIGTERM)
own.start()
print("over")
"""


@pytest.mark.parametrize("what", ["start", "stop"])
def test_stopping_ends_also_after_something_failed(book: Path, what: str) -> None:
    command = [sys.executable, "-c", FAILING, str(book), what]
    done = subprocess.run(
        command, cwd=ROOT, text=True, capture_output=True, timeout=patience.SECONDS, check=False
    )
    assert done.stdout.splitlines()[-1] == "over"
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
    if what == "start":
        assert "pending: 1" in done.stdout  # else nothing is left to trip over
    else:
        assert "while stopping: RuntimeError('no')" in done.stderr

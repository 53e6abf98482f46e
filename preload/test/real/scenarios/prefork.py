"""A master that forks workers beforehand, as gunicorn does: SIGHUP replaces them, SIGTERM ends it, workers finish first."""
import hashlib, json, os, signal, socket, sys

path = sys.argv[1]
listener = socket.socket(socket.AF_UNIX)
listener.bind(path + ".new")
listener.listen(64)
workers = set()
SIGNALS = [signal.SIGHUP, signal.SIGTERM]


def serve():
    going = {"on": True}
    signal.signal(signal.SIGTERM, lambda *_: going.update(on=False))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    listener.settimeout(0.2)
    while going["on"]:
        try:
            connection, _ = listener.accept()
        except (socket.timeout, InterruptedError):
            continue
        with connection:
            connection.settimeout(30)
            asked = json.loads(connection.makefile().readline())
            rows = [{"id": i, "name": "n" * (i % 50)} for i in range(asked["rows"])]
            text = json.dumps(sorted(rows, key=lambda row: (len(row["name"]), row["id"])))
            connection.sendall(hashlib.sha256(text.encode()).hexdigest().encode())
    sys.exit(0)


def start(count):
    for _ in range(count):
        pid = os.fork()
        if pid == 0:
            serve()
        workers.add(pid)


def stop(pids):
    codes = []
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    for pid in pids:
        codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        workers.discard(pid)
    return codes


signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
start(2)
os.rename(path + ".new", path)
while True:
    got = signal.sigwait(SIGNALS)
    old = list(workers)
    if got == signal.SIGTERM:
        print("ended", stop(old), flush=True)
        sys.exit(3)
    start(2)
    print("replaced", stop(old), flush=True)

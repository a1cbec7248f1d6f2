"""Google's command line tools, loaded once and forked for each command.

    warm.py SDK_ROOT SOCKET bq
    warm.py SDK_ROOT SOCKET gcloud [COMMAND.PATH ...]

Starting one of them costs a second or two, nearly all of it for loading Python modules. This process loads them once, then
waits on a socket. A launcher connects, hands over its arguments, folder, environment and standard streams, and gets the
exit code back; or whoever has no streams to hand over sends the input with the rest, and gets the output back. What runs
in the forked child is the tool itself, from its own main function on.
"""
import gc
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
import traceback

ROOT, SOCKET, PROGRAM, *PATHS = sys.argv[1:]
LIB = os.path.join(ROOT, 'lib')
BQ = os.path.join(ROOT, 'platform', 'bq')

if PROGRAM == 'gcloud':
    sys.path[0:0] = [LIB, os.path.join(LIB, 'third_party')]
    import gcloud

    gcloud._fix_google_module()
    gcloud_main = gcloud._import_gcloud_main()
else:
    sys.path[0:0] = [BQ]
    import bq


CLI = gcloud_main.CreateCLI([]) if PROGRAM == 'gcloud' else None


def load():
    """Loads the modules of the commands that are going to be asked for."""
    for path in PATHS:
        CLI._TopElement().LoadSubElementByPath(path.split('.'))
    if PROGRAM == 'bq':
        # Asks gcloud for its settings, as every command would by itself, and keeps them.
        from utils import bq_gcloud_utils

        bq_gcloud_utils.load_config()
    # Pages that no child writes to are shared by all.
    gc.collect()
    gc.freeze()


def parse(lines):
    """What gcloud's own parser says of each line: null, or its complaint."""
    import contextlib
    import io

    answers = []
    for argv in lines:
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                args = CLI._CLI__parser.parse_args(argv)
                if args.CONCEPT_ARGS is not None:
                    args.CONCEPT_ARGS.ParseConcepts()
                args._GetCommand()
            answers.append(None)
        except SystemExit:
            answers.append(said.getvalue().strip() or 'refused')
        except Exception as error:
            answers.append('%s: %s' % (type(error).__name__, error))
    return answers


def run(request, streams):
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(0, 'r'),
        os.fdopen(1, 'w', buffering=1),
        os.fdopen(2, 'w', buffering=1),
    )
    os.chdir(request['cwd'])
    os.environ.clear()
    os.environ.update(request['env'])
    if PROGRAM == 'bq':
        sys.argv = [os.path.join(BQ, 'bq.py')] + request['argv']
        bq.run_main()
        return
    sys.argv = [os.path.join(LIB, 'gcloud.py')] + request['argv']
    if request.get('parse'):
        print(json.dumps(parse(json.load(sys.stdin))))
        return
    gcloud_main.main(CLI)


def child(request, streams):
    code = 1
    try:
        run(request, streams)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            pass
    os._exit(code)


def outcome(code, kept):
    """What a command did, for whoever handed over no streams."""
    texts = []
    for file in kept[1:]:
        file.seek(0)
        texts.append(file.read().decode('utf-8', 'replace'))
    for file in kept:
        file.close()
    return json.dumps({'code': code, 'stdout': texts[0], 'stderr': texts[1]}).encode() + b'\n'


def serve():
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(SOCKET)
    listener.listen(16)
    watched = selectors.DefaultSelector()
    watched.register(listener, selectors.EVENT_READ, None)
    # Ends with whoever started it: its end of this pipe closes then.
    watched.register(0, selectors.EVENT_READ, 'owner')
    print('ready', flush=True)
    while True:
        for key, _ in watched.select():
            if key.data == 'owner':
                if not os.read(0, 1):
                    return
            elif key.data is None:
                connection, _ = listener.accept()
                data, streams, _, _ = socket.recv_fds(connection, 1 << 20, 3)
                while not data.endswith(b'\n'):
                    more = connection.recv(1 << 20)
                    if not more:
                        break
                    data += more
                request = json.loads(data)
                kept = None
                if not streams:
                    kept = [tempfile.TemporaryFile() for _ in range(3)]
                    kept[0].write(request['input'].encode())
                    kept[0].seek(0)
                    streams = [os.dup(file.fileno()) for file in kept]
                ended, ending = os.pipe()
                pid = os.fork()
                if pid == 0:
                    os.close(ended)
                    listener.close()
                    connection.close()
                    child(request, streams)
                for stream in (*streams, ending):
                    os.close(stream)
                watched.register(ended, selectors.EVENT_READ, (pid, connection, kept))
            else:
                pid, connection, kept = key.data
                watched.unregister(key.fd)
                os.close(key.fd)
                _, status = os.waitpid(pid, 0)
                code = os.waitstatus_to_exitcode(status)
                try:
                    connection.sendall(b'%d\n' % code if kept is None else outcome(code, kept))
                except OSError:
                    pass
                connection.close()


signal.signal(signal.SIGINT, signal.SIG_IGN)
load()
serve()

"""What a test puts on the PATH as gcloud: hands the command over to the warm process, and ends as it ended.

    launch.py SOCKET [--parse] ARGUMENT...
"""
import json
import os
import socket
import sys

where, argv = sys.argv[1], sys.argv[2:]
request = {'argv': argv, 'cwd': os.getcwd(), 'env': dict(os.environ), 'parse': argv[:1] == ['--parse-lines']}
connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
connection.connect(where)
data = json.dumps(request).encode() + b'\n'
sent = socket.send_fds(connection, [data], [0, 1, 2])
connection.sendall(data[sent:])
os._exit(int(connection.makefile().readline() or '1'))

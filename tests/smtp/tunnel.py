# SPDX-License-Identifier: MIT
"""A proxy between mitto and its server."""

import socket

from listener import Listener


class Tunnel:
    """An HTTP proxy; what each connection asked for is in .asked."""

    def __init__(self):
        self.asked = []
        self.listener = Listener(self.serve)
        self.url = "http://joe:pr0xypass@" + self.listener.address
        self.listener.start()

    def serve(self, client, _):
        request = b""
        while b"\r\n\r\n" not in request:
            request += client.recv(4096)
        self.asked.append(request)
        host, port = request.split(b" ")[1].rsplit(b":", 1)
        server = socket.create_connection((host.decode(), int(port)))
        client.sendall(b"HTTP/1.1 200 fine\r\nX-Note: hello\r\n\r\n")
        self.listener.keep(server)
        self.listener.thread(self.copy, server, client)
        self.copy(client, server)

    @staticmethod
    def copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

# SPDX-License-Identifier: MIT
"""A loopback port, with a thread for each that connects.

stop() ends every thread and only then lets the sockets go: the number of a
closed socket goes to the next one opened, and a thread that is just about to
accept on the old one would serve the clients of another server.
"""

import socket
import threading


class Listener:
    """serve(sock, n) is called with each client and its number, from 1."""

    def __init__(self, serve, host="127.0.0.1", port=0):
        self._serve = serve
        self._listener = socket.create_server((host, port))
        self._sockets, self._threads = [self._listener], []
        self.host, self.port = self._listener.getsockname()[:2]

    @property
    def address(self):
        return "%s:%d" % (self.host, self.port)

    def receive_buffer(self, size):
        """Take no more at once than this; before start()."""
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)

    def start(self):
        self.thread(self._accept)
        return self

    def keep(self, sock):
        """Another socket that stop() wakes."""
        self._sockets.append(sock)

    def thread(self, target, *args):
        self._threads.append(threading.Thread(
            target=target, daemon=True, args=args))
        self._threads[-1].start()

    def stop(self):
        for sock in self._sockets:
            try:
                # Not SSLSocket's, which takes itself apart under its reader.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self._threads:
            thread.join(10)
        for sock in self._sockets:
            sock.close()

    def _accept(self):
        count = 0
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            count += 1
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.keep(sock)
            self.thread(self._one, sock, count)

    def _one(self, sock, count):
        try:
            self._serve(sock, count)
        except OSError:
            pass
        finally:
            sock.close()

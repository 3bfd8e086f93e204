# SPDX-License-Identifier: MIT
"""A name server on loopback that knows a handful of records (RFC 1035)."""

import socket
import struct
import threading

TYPES = {"MX": 15, "SRV": 33, "CNAME": 5}
NXDOMAIN = 3


def encode(name):
    """A name as labels; "" is the root."""
    labels = [label for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label.encode()
                    for label in labels) + b"\0"


def srv(priority, weight, port, target):
    return struct.pack(">HHH", priority, weight, port) + encode(target)


def mx(preference, host):
    return struct.pack(">H", preference) + encode(host)


class NameServer:
    """zone: {(name, "SRV"): [data, ...]}; a bytes value is the answer itself
    behind the two bytes of the question's number.  .asked tells what was asked
    for."""

    def __init__(self, zone=None):
        self.zone = dict(zone or {})
        self.asked = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._socket.getsockname())
        self._thread.join(10)
        self._socket.close()

    def _serve(self):
        while True:
            question, peer = self._socket.recvfrom(4096)
            if not question:
                return
            self._socket.sendto(self._answer(question), peer)

    def _answer(self, question):
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode())
            at += question[at] + 1
        name = ".".join(labels).lower()
        number, = struct.unpack(">H", question[at + 1:at + 3])
        kind = {v: k for k, v in TYPES.items()}.get(number, str(number))
        self.asked.append((name, kind))
        found = self.zone.get((name, kind), [])
        if isinstance(found, bytes):
            return question[:2] + found
        code = 0 if found or any(n == name for n, _ in self.zone) \
            else NXDOMAIN
        answer = question[:2] + struct.pack(
            ">HHHHH", 0x8180 | code, 1, len(found), 0, 0)
        answer += question[12:at + 5]
        for data in found:
            answer += b"\xc0\x0c" + struct.pack(
                ">HHIH", number, 1, 60, len(data)) + data
        return answer

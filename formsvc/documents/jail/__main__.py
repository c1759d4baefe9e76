"""The process within the jail, as it is started: its line to the service is all that it gets."""

from __future__ import annotations

import socket
import sys

from formsvc.documents.jail import within

if __name__ == "__main__":
    within.serve(socket.socket(fileno=int(sys.argv[1])))

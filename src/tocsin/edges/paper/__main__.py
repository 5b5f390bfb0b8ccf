"""The printing process: an order on stdin, a PDF on stdout, at the lowest priority the machine has."""

import os
import sys

import msgspec

from tocsin.edges.paper.pages import pages
from tocsin.edges.paper.printing import Printed

if __name__ == "__main__":
    os.nice(15)
    sys.stdout.buffer.write(pages(msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Printed)))

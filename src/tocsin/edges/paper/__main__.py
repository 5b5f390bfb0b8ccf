"""The printing process: an order on stdin, a PDF on stdout, at the lowest priority the machine has; a document of others' in bounded memory."""

import os
import resource
import sys
import warnings

import msgspec

from tocsin.edges.paper.pages import pages
from tocsin.edges.paper.printing import Printed
from tocsin.edges.paper.stamping import Stamp, stamped

_MOST_MEMORY = 1 << 30
_MOST_CPU_S = 25

if __name__ == "__main__":
    os.nice(15)
    told = sys.stdin.buffer.read()
    if sys.argv[1:] == ["stamp"]:
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_S, _MOST_CPU_S))
        warnings.simplefilter("ignore")
        sys.stdout.buffer.write(stamped(msgspec.msgpack.decode(told, type=Stamp)))
    else:
        sys.stdout.buffer.write(pages(msgspec.msgpack.decode(told, type=Printed)))

"""Runs a command and prints as JSON what it cost. Arguments: stdin file, stdout file, stderr file, command…"""

import json
import os
import sys
import time

stdin, stdout, stderr, *command = sys.argv[1:]
actions = [
    (os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
    (os.POSIX_SPAWN_OPEN, 2, stderr, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
]
start = time.perf_counter()
pid = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
_, status, usage = os.wait4(pid, 0)
wall = time.perf_counter() - start
# Linux counts in KiB, macOS in bytes. Linux adds the spawning process's own memory (about 10 MB) as a lower limit.
rss = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(
    json.dumps(
        {
            "exitCode": os.waitstatus_to_exitcode(status),
            "wallSeconds": wall,
            "cpuSeconds": usage.ru_utime + usage.ru_stime,
            "userSeconds": usage.ru_utime,
            "peakRssBytes": rss,
        }
    )
)

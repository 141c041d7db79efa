"""The most memory that this process has held, MB: the system's maximum counts that of the process that started it too."""
import os
import re
import resource

STATUS = "/proc/self/status"


def megabytes():
    if os.path.exists(STATUS):
        with open(STATUS) as file:
            found = re.search(r"^VmHWM:\s*(\d+) kB", file.read(), re.MULTILINE)
        if found:
            return int(found.group(1)) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

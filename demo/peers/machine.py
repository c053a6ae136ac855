# SPDX-FileCopyrightText: 2026 The zmqglib developers
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the kernel tells of this machine in /proc, as dictionaries of numbers."""

import time
from pathlib import Path

PROC = Path('/proc')


def table(path, separator=':'):
    """The lines "name: value ..." of a file, as a dictionary of lists of words."""
    rows = (line.partition(separator) for line in (PROC / path).read_text().splitlines())
    return {name.strip(): values.split() for name, _, values in rows}


class Rates:
    """Turns counters that only grow into rates per second, from one call to the next."""

    def __init__(self):
        self.time = time.monotonic()
        self.counters = {}

    def update(self, counters):
        now = time.monotonic()
        elapsed = max(now - self.time, 1e-3)
        rates = {name: max(value - self.counters.get(name, value), 0) / elapsed
                 for name, value in counters.items()}
        self.time, self.counters = now, counters
        return rates


class Machine:
    def __init__(self):
        self.kernel_rates = Rates()
        self.network_rates = Rates()
        self.cpu_before = (0, 0)
        self.figures()

    def figures(self):
        """All figures: {topic: {name: number}}; rates are those since the call before."""
        return {'load': self.load(), 'cpu': self.cpu(), 'memory': self.memory(),
                'kernel': self.kernel(), 'network': self.network()}

    def load(self):
        one, five, fifteen, processes, _ = (PROC / 'loadavg').read_text().split()
        running, _, existing = processes.partition('/')
        return {'one': float(one), 'five': float(five), 'fifteen': float(fifteen),
                'running': int(running), 'existing': int(existing)}

    def cpu(self):
        stat = table('stat', ' ')
        # user nice system idle iowait irq softirq steal; guest times are part of user's
        ticks = [int(word) for word in stat['cpu'][:8]]
        total, idle = sum(ticks), ticks[3] + ticks[4]
        total_before, idle_before = self.cpu_before
        self.cpu_before = (total, idle)
        elapsed = max(total - total_before, 1)
        busy = min(max(1 - (idle - idle_before) / elapsed, 0), 1)
        cores = sum(name.startswith('cpu') for name in stat) - 1
        return {'busy': round(100 * busy, 1), 'cores': cores}

    def memory(self):
        info = table('meminfo')
        total, available = (int(info[name][0]) // 1024 for name in ('MemTotal', 'MemAvailable'))
        return {'total': total, 'used': total - available}

    def kernel(self):
        stat = table('stat', ' ')
        rates = self.kernel_rates.update({'switches': int(stat['ctxt'][0]),
                                          'interrupts': int(stat['intr'][0]),
                                          'forks': int(stat['processes'][0])})
        return {name: round(rate) for name, rate in rates.items()}

    def network(self):
        links = [words for name, words in table('net/dev').items() if words and words[0].isdigit()]
        rates = self.network_rates.update({'received': sum(int(words[0]) for words in links),
                                           'packets': sum(int(words[1]) for words in links)})
        return {name: round(rate) for name, rate in rates.items()}

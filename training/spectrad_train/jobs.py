"""Runs independent fits side by side, each on one core, and shows how far they are.

On a CPU XLA gains little from a second core for networks of this size, while two fits on two
cores take the time of one. One core each also makes a fit's result independent of how many run
beside it.
"""

import ctypes
import multiprocessing
import os
import queue
import signal
import sys
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from .errors import InputError

PR_SET_PDEATHSIG = 1
SHOWN_EVERY_SECONDS = 0.25


class Jobs:
    """How many fits run side by side: on a GPU one, in this process."""

    def __init__(self, count, on_gpu, compiled):
        self.count, self.on_gpu, self.compiled = count, on_gpu, compiled

    def results(self, function, tasks, workspace, progress, outcome):
        """The result of `function(task, report)` by the task's `result`, the name it is kept under.

        What the workspace has is not computed again. `outcome(task, found)` is said of each task.
        """
        found = {
            task.result: workspace.stored(task.result)
            for task in tasks
            if workspace.has(task.result)
        }
        if found:
            progress.say(f"{len(found)} of {len(tasks)} were finished before")
        left = [task for task in tasks if task.result not in found]
        for task, result in self.run(function, left, progress):
            found[task.result] = result
            progress.say(outcome(task, result))
        return found

    def run(self, function, tasks, progress):
        """Calls `function(task, report)` for every task and yields (task, result) as they end.

        `report(text)` shows what a task is about. Function and tasks must be able to travel to
        another process. The first error of a task ends all of them.
        """
        if self.on_gpu or not tasks:
            for task in tasks:
                with progress.live(len(tasks)) as live:
                    yield task, function(task, lambda text, live=live: live.show(0, text))
            return
        yield from self._side_by_side(function, tasks, progress)

    def _side_by_side(self, function, tasks, progress):
        context = multiprocessing.get_context("spawn")
        cores = context.Queue()
        available = sorted(os.sched_getaffinity(0))
        for number in range(self.count):
            cores.put(available[number % len(available)])
        said = context.Queue()
        arguments = (cores, said, os.getpid(), self.compiled)
        workers = min(self.count, len(tasks))
        with ProcessPoolExecutor(workers, context, _begin_worker, arguments) as executor:
            pending = {executor.submit(_call, function, i, t): t for i, t in enumerate(tasks)}
            try:
                with progress.live(len(tasks)) as live:
                    while pending:
                        done, _ = wait(pending, SHOWN_EVERY_SECONDS, FIRST_COMPLETED)
                        _show(said, live)
                        for future in done:
                            live.finish(tasks.index(pending[future]))
                            yield pending.pop(future), future.result()
            except BrokenProcessPool:
                raise InputError(
                    "a fit was killed, most likely because memory ran out: try fewer --jobs"
                ) from None
            except BaseException:
                # Nobody waits for what is under way: its checkpoint is what it leaves.
                for process in multiprocessing.active_children():
                    process.kill()
                raise


def _show(said, live):
    while True:
        try:
            live.show(*said.get_nowait())
        except queue.Empty:
            return


_said = None


def _begin_worker(cores, said, parent, compiled):
    """Binds the worker to one core and to the life of its parent."""
    global _said  # noqa: PLW0603 - a pool's worker has no other place
    _said = said
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
    os.sched_setaffinity(0, {cores.get()})
    keep_compiled(compiled)


def _call(function, index, task):
    return function(task, lambda text: _said.put((index, text)))


def keep_compiled(folder):
    """Lets jax keep what it compiles: compiling a step takes longer than an epoch."""
    import jax  # noqa: PLC0415 - workers set their core before jax counts the cores

    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.5)

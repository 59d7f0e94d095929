import os
import time
from dataclasses import dataclass

import numpy as np
import pytest

from spectrad_train.errors import InputError
from spectrad_train.jobs import Jobs
from spectrad_train.progress import Progress
from spectrad_train.workspace import Workspace


@dataclass(frozen=True)
class Square:
    number: int

    @property
    def result(self):
        return f"square{self.number}"


def squared(task, report):
    report(f"squaring {task.number}")
    return {"value": np.array(task.number**2), "cores": np.array(len(os.sched_getaffinity(0)))}


def fails(task, report):
    if task.number == 1:
        raise InputError("found 1, expected another number")
    time.sleep(60)


def is_killed(task, report):
    os.kill(os.getpid(), 9)


@pytest.fixture
def progress():
    return Progress(quiet=True)


@pytest.mark.parametrize("on_gpu", [False, True])
def test_every_task_is_done_once(tmp_path, progress, on_gpu):
    jobs = Jobs(2, on_gpu, tmp_path)
    tasks = [Square(number) for number in range(4)]
    found = {
        task.number: int(result["value"]) for task, result in jobs.run(squared, tasks, progress)
    }
    assert found == {0: 0, 1: 1, 2: 4, 3: 9}


def test_a_worker_has_one_core(tmp_path, progress):
    results = Jobs(2, False, tmp_path).run(squared, [Square(1)], progress)
    assert [int(result["cores"]) for _, result in results] == [1]


def test_what_is_finished_is_not_done_again(tmp_path, progress):
    workspace = Workspace(tmp_path, {})
    workspace.arrays("square3", lambda: {"value": np.array(10)})
    tasks = [Square(2), Square(3)]
    jobs = Jobs(1, True, tmp_path)
    found = jobs.results(squared, tasks, workspace, progress, lambda task, result: "")
    assert {name: int(result["value"]) for name, result in found.items()} == {
        "square2": 4,
        "square3": 10,
    }


def test_the_first_error_ends_all(tmp_path, progress):
    began = time.monotonic()
    with pytest.raises(InputError, match="expected another number"):
        list(Jobs(2, False, tmp_path).run(fails, [Square(0), Square(1), Square(2)], progress))
    assert time.monotonic() - began < 30


def test_a_killed_fit_is_told(tmp_path, progress):
    with pytest.raises(InputError, match="memory"):
        list(Jobs(1, False, tmp_path).run(is_killed, [Square(0)], progress))

"""What a container, or the machine, has left of its memory is known before a file is read: to take more is death."""

import math
from pathlib import Path

import pytest

from csq.errors import InputError
from csq.sources.reading import streams
from csq.sources.reading.memory import memory_free


def tree(root: Path, files: dict[str, str]) -> tuple[Path, Path]:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root / "proc", root / "groups"


def v2(group: str, most: str, used: int, spare: int = 0, limit: str = "memory.max") -> dict[str, str]:
    return {
        f"groups/{group}/{limit}": f"{most}\n",
        f"groups/{group}/memory.current": f"{used}\n",
        f"groups/{group}/memory.stat": f"anon 7\ninactive_file {spare}\n",
    }


OWN = {"proc/self/cgroup": "0::/kube/pod\n"}


def test_where_nothing_tells_there_is_no_limit(tmp_path):
    assert memory_free(*tree(tmp_path, {})) == math.inf
    assert memory_free(*tree(tmp_path, {"proc/self/cgroup": "nonsense\n0::/\n", "proc/meminfo": "x"})) == math.inf


def test_a_group_has_left_what_it_does_not_use_and_what_is_given_back(tmp_path):
    assert memory_free(*tree(tmp_path, OWN | v2("kube/pod", "1000", 700, 50))) == 350


def test_a_group_without_a_limit_has_none(tmp_path):
    assert memory_free(*tree(tmp_path, OWN | v2("kube/pod", "max", 700))) == math.inf


def test_the_lowest_of_the_groups_above_counts(tmp_path):
    above = v2("kube", "2000", 1900) | v2("kube/pod", "1000", 700)
    assert memory_free(*tree(tmp_path, OWN | above)) == 100


def test_where_a_group_is_slowed_down_counts_as_well(tmp_path):
    slowed = v2("kube/pod", "1000", 700) | v2("kube/pod", "800", 700, limit="memory.high")
    assert memory_free(*tree(tmp_path, OWN | slowed)) == 100


def test_a_container_that_sees_no_more_than_its_own_group_is_told_the_path_of_the_host(tmp_path):
    first = {"proc/self/cgroup": "5:cpu:/x\n4:pids,memory:/docker/abc\n", "groups/memory/x": ""}
    files = first | {
        "groups/pids,memory/memory.limit_in_bytes": "900",
        "groups/pids,memory/memory.usage_in_bytes": "500",
        "groups/pids,memory/memory.stat": "inactive_file 1\ntotal_inactive_file 100\n",
    }
    assert memory_free(*tree(tmp_path, files)) == 500


def test_a_group_that_uses_more_than_it_may_has_nothing_left(tmp_path):
    assert memory_free(*tree(tmp_path, OWN | v2("kube/pod", "100", 700))) == 0


def test_the_machine_has_left_what_is_available_and_its_swap(tmp_path):
    told = {"proc/meminfo": "MemTotal: 900 kB\nMemAvailable: 20 kB\nSwapFree: 3 kB\n"}
    assert memory_free(*tree(tmp_path, told | OWN | v2("kube/pod", "900000", 0))) == 23 * 1024


def test_a_file_that_cannot_be_held_is_refused_and_a_small_one_is_not(monkeypatch):
    monkeypatch.setattr(streams, "memory_free", lambda: 59 << 20)
    streams.refuse_if_tight("t", streams.MEGABYTE // 2)
    with pytest.raises(InputError, match="`t` takes at least 70 MB of memory, and 59 MB are left"):
        streams.refuse_if_tight("t", 5 << 20)


@pytest.mark.parametrize(("size", "left"), [(streams.MOST_OF_LOG, 265), (65 << 20, 200), (18 << 20, 195)])
def test_what_is_read_in_a_small_container_is_not_refused(size, left, monkeypatch):
    """A log of any size in one of 300 MB, long comments in one of 300, a survey in one of 250: all were read there."""
    monkeypatch.setattr(streams, "memory_free", lambda: left << 20)
    streams.refuse_if_tight("t", size)

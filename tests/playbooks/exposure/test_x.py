
import pytest
from ..conftest import Player
from .runs import RUNS, Stage, RUNNER_RUNS
@pytest.mark.parametrize("name", [*RUNS, *RUNNER_RUNS])
def test_x(player: Player, name):
    if name in RUNS:
        found = Stage(player).play(RUNS[name])
    else:
        found = Stage(player).play_in_runner(RUNNER_RUNS[name])
    print("FOUND", name, {k: v for k, v in found.items() if v})

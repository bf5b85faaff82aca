import pytest
from ..conftest import Player
from .runs import RUNS, Stage
@pytest.mark.parametrize("name", RUNS)
def test_x(player: Player, name):
    found = Stage(player).play(RUNS[name])
    print(name, {k: v for k, v in found.items() if v})

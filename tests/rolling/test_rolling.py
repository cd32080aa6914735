"""A rolling restart of two replicas behind a balancer loses no call."""

from rolling.restarts import roll


async def test_a_rolling_restart_loses_nothing() -> None:
    load = await roll(times=1, calls=500, drain=1, pause=0.005)
    assert load.lost == {}
    assert load.done.keys() == {"http read", "http write", "grpc read", "grpc write"}

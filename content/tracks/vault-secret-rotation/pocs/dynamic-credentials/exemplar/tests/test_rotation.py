"""Logins are exchanged in time, and the old one is left until its grace period is over."""

import pytest
from app.rotation import Login, NoLogin, Rotation

HOUR, GRACE = 3_600, 60


class World:
    """A Vault and a clock that do what a test says."""

    def __init__(self):
        self.now, self.made, self.revoked, self.is_away = 1_000_000.0, 0, [], False
        self.rotation = Rotation(self.ask, self.revoke, grace=GRACE, clock=lambda: self.now)

    def ask(self) -> Login:
        if self.is_away:
            raise ConnectionRefusedError
        self.made += 1
        return Login(f"lease-{self.made}", f"v-{self.made}", f"secret-{self.made}", self.now, self.now + HOUR)

    def revoke(self, login: Login) -> None:
        if self.is_away:
            raise ConnectionRefusedError
        self.revoked.append(login.user)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.rotation.tick()


@pytest.fixture
def world() -> World:
    made = World()
    made.rotation.tick()
    return made


def test_the_first_tick_asks_for_a_login(world):
    assert world.rotation.login().user == "v-1" and world.rotation.rotations == 0


def test_without_a_tick_there_is_none():
    with pytest.raises(NoLogin):
        World().rotation.login()


def test_it_is_exchanged_after_two_thirds_of_its_time(world):
    world.wait(2 * HOUR / 3 - 1)
    assert world.rotation.login().user == "v-1"
    world.wait(1)
    assert world.rotation.login().user == "v-2" and world.rotation.rotations == 1


def test_the_old_one_is_left_until_its_grace_period_is_over(world):
    world.wait(2 * HOUR / 3)
    world.wait(GRACE - 1)
    assert world.revoked == []
    world.wait(1)
    assert world.revoked == ["v-1"]


def test_while_vault_is_away_the_old_one_is_used_until_its_end(world):
    world.is_away = True
    world.wait(2 * HOUR / 3)
    assert world.rotation.login().user == "v-1" and world.rotation.failures == 1
    world.wait(HOUR / 3)
    with pytest.raises(NoLogin):
        world.rotation.login()


def test_once_vault_is_back_the_next_tick_gets_a_login(world):
    world.is_away = True
    world.wait(2 * HOUR)
    world.is_away = False
    world.wait(5)
    assert world.rotation.login().user == "v-2"


def test_what_could_not_be_revoked_is_tried_again(world):
    world.wait(2 * HOUR / 3)
    world.is_away = True
    world.wait(GRACE)
    assert world.revoked == [] and world.rotation.failures == 1
    world.is_away = False
    world.wait(5)
    assert world.revoked == ["v-1"]


def test_what_ended_by_itself_is_forgotten(world):
    world.wait(2 * HOUR / 3)
    world.is_away = True
    world.wait(HOUR / 3)
    world.is_away = False
    world.wait(5)
    assert world.revoked == []


def test_a_password_is_never_shown(world):
    assert "secret-1" not in repr(world.rotation.login()) + world.rotation.metrics()


def test_metrics_say_when_it_ends_and_what_failed(world):
    world.is_away = True
    world.wait(2 * HOUR / 3)
    said = world.rotation.metrics()
    assert "credential_rotation_failures_total 1\n" in said
    assert "credential_expires_timestamp_seconds 1003600\n" in said

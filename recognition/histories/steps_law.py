"""Steps of the role that owns the tables: corrections of where departments work, and prohibitions."""

import random

from recognition.histories.hands import Hands
from recognition.histories.steps import step
from recognition.histories.world import World


@step(4)
def correct_state(hands: Hands, world: World, rng: random.Random) -> None:
    where, state = rng.choice(world.departments), rng.choice([*world.states, "IL"])
    hands.say(f"the state of department {where} is corrected to {state}")
    with hands.owner() as owner:
        owner.execute("UPDATE officers_department SET state_id = %s WHERE id = %s", [state, where])
        hands.pause(rng)


@step(2)
def correct_county(hands: Hands, world: World, rng: random.Random) -> None:
    where, county = rng.choice(world.departments), rng.choice(["", "here", "there", "elsewhere"])
    hands.say(f"the county of department {where} is corrected to {county!r}")
    with hands.owner() as owner:
        owner.execute("UPDATE officers_department SET county = %s WHERE id = %s", [county, where])
        hands.pause(rng)


@step(3)
def add_further_state(hands: Hands, world: World, rng: random.Random) -> None:
    where, state = rng.choice(world.departments), rng.choice([*world.states, "IL"])
    hands.say(f"department {where} works in {state} as well")
    with hands.owner() as owner:
        owner.execute(
            "INSERT INTO officers_departmentstate (department_id, state_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [where, state],
        )
        hands.pause(rng)


@step(2)
def drop_further_state(hands: Hands, world: World, rng: random.Random) -> None:
    where = rng.choice(world.departments)
    hands.say(f"department {where} no longer works in further states")
    with hands.owner() as owner:
        owner.execute("DELETE FROM officers_departmentstate WHERE department_id = %s", [where])
        hands.pause(rng)


@step(4)
def prohibit(hands: Hands, world: World, rng: random.Random) -> None:
    state, county = rng.choice(world.states), rng.choice(["", "here", "there"])
    begins, ends = rng.choice([("-9", None), ("-9", "9"), ("-9", "-2"), ("9", None)])
    hands.say(f"matching is prohibited in {county or 'all'} of {state} from day {begins} to {ends}")
    with hands.owner() as owner:
        owner.execute(
            "INSERT INTO officers_prohibitedplace (state_id, county, city, valid_from, valid_to, source, reviewed_by,"
            " reviewed_on) VALUES (%s, %s, '', current_date + %s::int, current_date + %s::int, 'h', 'h', current_date)",
            [state, county, begins, ends],
        )
        hands.pause(rng)


@step(3)
def lift_prohibition(hands: Hands, world: World, rng: random.Random) -> None:
    state = rng.choice(world.states)
    hands.say(f"prohibitions in {state} are lifted")
    with hands.owner() as owner:
        if rng.random() < 0.5:
            owner.execute("DELETE FROM officers_prohibitedplace WHERE state_id = %s", [state])
        else:
            owner.execute(
                "UPDATE officers_prohibitedplace SET valid_to = valid_from + 1 WHERE state_id = %s", [state]
            )
        hands.pause(rng)

"""The model of a deadline: it waits when it must, and its figures follow the load."""

from benchmarks.scaling import DATABASE_BYTES, FILE_BYTES, kept_bytes, simulate


def test_more_cores_wait_less() -> None:
    one, two = (simulate(60, cores, minutes=5) for cores in (1, 2))

    assert two.p95_ms < one.p95_ms
    assert one.busy > two.busy


def test_the_same_seed_gives_the_same_answer() -> None:
    assert simulate(30, 1, minutes=5) == simulate(30, 1, minutes=5)


def test_what_is_kept_grows_with_each_application() -> None:
    assert kept_bytes(150, 10) == (1_500 * DATABASE_BYTES, 1_500 * FILE_BYTES)

"""The reviews of the examples, compact enough to read a difference: threats, paths, controls, open losses.

After a change of the catalog or the analysis, look at what changed and why before running with `--snapshot-update`.
"""

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from bartizan.analysis.result import PathStep, PathView, Review
from tests.golden.examples import EXAMPLES, reviewed


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_review_of_an_example_is_the_known_one(name: str, snapshot: SnapshotAssertion) -> None:
    assert projection(reviewed(name)) == snapshot(extension_class=JSONSnapshotExtension)


def projection(review: Review) -> dict[str, object]:
    """What a reader would notice: scores, money and wording may move without a new snapshot."""
    return {
        "threats": [threat.id for threat in review.threats],
        "appendix": sorted(threat.id for threat in review.appendix),
        "paths": [_path(path) for path in review.paths],
        "minimum controls": sorted(f"{item.control} @ {item.placement}" for item in review.controls.minimum),
        "optimal": review.controls.optimal,
        "out of reach": sorted(review.controls.unreachable),
        "open losses": sorted(f"{loss.id} {loss.severity}" for loss in review.losses if loss.open),
        "notes": review.notes,
    }


def _path(path: PathView) -> str:
    return f"{path.id}: {path.position} | {' > '.join(_step(step) for step in path.steps)} | {path.loss}"


def _step(step: PathStep) -> str:
    return f"{step.rule}@{step.component}"

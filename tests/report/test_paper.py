import msgspec
import pytest

from bartizan.analysis.result import LossView, Review
from bartizan.model import Level, LossKind
from bartizan.report.paper import Paper
from bartizan.report.paper_build import build_paper, shown_paths
from bartizan.report.paper_names import Names
from tests.report.sample import sample_catalog, sample_review, sample_system

CATALOG = sample_catalog()


def paper_of(review: Review) -> Paper:
    return build_paper(review, sample_system(), CATALOG)


def loss(number: int, *, reached: bool, above: bool = True) -> LossView:
    return LossView(
        id=f"outage:c{number}",
        kind=LossKind.OUTAGE,
        asset=f"c{number}",
        severity=Level.HIGH,
        magnitude=[1.0, 2.0, 3.0],
        open=reached,
        above_appetite=above,
        demand=1,
    )


@pytest.mark.parametrize(
    ("losses", "good", "headline"),
    [
        ([(True, True)] * 3, False, "All 3 losses above the appetite stand open."),
        ([(True, True)], False, "The one loss above the appetite stands open."),
        ([(True, True), (False, True)], False, "1 of 2 losses above the appetite stands open."),
        ([(True, True)] * 2 + [(False, True)], False, "2 of 3 losses above the appetite stand open."),
        ([(False, True)] * 2, True, "Within the appetite: all 2 losses above it are out of reach."),
        ([(False, False)], True, "Within the appetite: no loss above it was found."),
        ([], True, "Within the appetite: no loss above it was found."),
    ],
)
def test_the_verdict_counts_losses_above_the_appetite(
    losses: list[tuple[bool, bool]], good: bool, headline: str
) -> None:
    made = [loss(number, reached=reached, above=above) for number, (reached, above) in enumerate(losses)]
    paper = paper_of(msgspec.structs.replace(sample_review(), losses=made))
    assert (paper.good, paper.headline) == (good, headline)


def test_the_verdict_says_what_the_plan_costs_and_brings() -> None:
    said = " ".join(paper_of(sample_review()).sentences)
    assert "The worst attack ends in disclosure of HR cases" in said
    assert "Attacker: anyone on the internet. About 38 % of attempts get through" in said
    assert "2 control placements for 37 person-days" in said
    assert "from CHF 985,000 to CHF 41,000" in said


def test_a_plan_that_is_not_proven_cheapest_says_how_far_it_can_be() -> None:
    review = sample_review()
    review.controls.optimal, review.controls.gap = False, 0.12
    paper = paper_of(review)
    assert "12 %" in paper.plan.sentence
    assert any("at most 12 % above the cheapest" in figure.note for figure in paper.figures)


def test_names_stand_in_place_of_ids() -> None:
    paper = paper_of(sample_review())
    assert paper.losses[0].name == "Disclosure of HR cases"
    assert paper.paths[0].attacker == CATALOG.positions["outsider"].title
    assert paper.paths[0].way[0] == "Sender outside"
    assert paper.paths[0].steps[1].where == "Help desk agent"
    assert paper.plan.minimum[0].places == ["Help desk agent"]
    assert paper.threats[4].also_at == ["Ticket database"]
    assert paper.coverage[0].gaps[0].title == "Sensitive Information Disclosure"


def test_controls_at_several_places_are_one_row_with_their_sum() -> None:
    review = sample_review()
    first = review.controls.minimum[0]
    review.controls.minimum.append(msgspec.structs.replace(first, placement="search", cost=2.0))
    row = paper_of(review).plan.minimum[0]
    assert row.places == ["Help desk agent (25)", "Knowledge search (2)"]
    assert row.cost == "27"
    assert row.count == 2


def test_alternatives_are_what_they_change() -> None:
    cost, gone, new = paper_of(sample_review()).plan.alternatives[0]
    assert cost == "25 person-days"
    assert [text.split(",")[0] for text in gone] == ["Untrusted content is read by a model that has no tools"]
    assert len(new) == 2


def test_the_heat_map_counts_threats_and_shows_the_worst_loss() -> None:
    heat = paper_of(sample_review()).heat
    assert heat.kinds == ["disclosure", "action", "cost"]
    assert (heat.rows[0].name, heat.rows[0].cells) == ("Help desk agent", [("critical", 2), ("high", 1), ("", 0)])
    assert heat.left_out == 0


def test_an_accepted_threat_tells_its_decision_and_is_not_counted_open() -> None:
    paper = paper_of(sample_review())
    assert paper.appendix[0].decision == "Accept by CISO until 30 June 2027: The provider is assessed."
    assert paper.figures[1].value == "7"
    assert paper.decisions[0][1] == "accept"


def test_the_best_path_to_each_loss_is_among_those_shown() -> None:
    review = sample_review()
    many = [
        msgspec.structs.replace(review.paths[0], id=f"p{index}", loss=f"outage:c{0 if index < 30 else index}")
        for index in range(40)
    ]
    shown = shown_paths(msgspec.structs.replace(review, paths=many))
    assert len(shown) == 14
    assert {path.loss for path in shown} == {f"outage:c{index}" for index in (0, *range(30, 40))}
    assert [path.id for path in shown] == sorted((path.id for path in shown), key=lambda id: int(id[1:]))


def test_a_level_as_appetite_needs_no_money() -> None:
    review = msgspec.structs.replace(sample_review(), appetite=Level.HIGH)
    review.risk.appetite = None
    paper = build_paper(review, sample_system(), CATALOG)
    assert ("Appetite", "losses up to high") in paper.facts
    assert not paper.has_appetite
    assert all(row.above == "" for row in paper.risk)


def test_inputs_of_the_risk_are_named() -> None:
    names = Names(sample_review(), sample_system(), CATALOG)
    assert names.input("attempts per year: outsider") == "attempts per year: Anyone on the internet"
    assert names.input("money per event: disclosure/hr-cases") == "money per event: disclosure of HR cases"
    said = names.input("chance of success: lethal-trifecta@copilot")
    assert (
        said == "chance of success: Private data, foreign content and a way out meet in one session, at Help desk agent"
    )
    assert names.input("discount") == "discount"


def test_places_are_components_flows_or_the_whole_system() -> None:
    names = Names(sample_review(), sample_system(), CATALOG)
    assert names.place("system") == "the whole system"
    assert names.place("chat->copilot") == "Chat panel → Help desk agent"
    assert names.control("human-approval@chat").endswith("(at Chat panel)")
    assert names.control("no-such-control") == "no-such-control"
    assert names.framework("no-such-framework") == "no-such-framework"


def test_an_empty_review_makes_a_paper() -> None:
    review = sample_review()
    empty = msgspec.structs.replace(
        review, threats=[], appendix=[], paths=[], losses=[], coverage={}, labels={}, notes=[]
    )
    empty.controls.minimum, empty.controls.alternatives, empty.controls.unreachable = [], [], []
    paper = paper_of(empty)
    assert paper.good
    assert paper.sentences == []
    assert paper.plan.sentence == "Nothing more is needed."

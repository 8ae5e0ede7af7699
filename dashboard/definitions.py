"""What the words on every figure mean, as readers of the dashboard are told.

Before: nothing. After: pairs of a term and its definition, in plain sentences.
"""

from dashboard.i18n import t


def list_definitions() -> list[tuple[str, str]]:
    """Return the terms with their definitions, in the order in which they build on each other."""
    return [
        (
            t("Blocs"),
            t(
                "Domestic and frontier follow from the country of a model's developer: China and the United "
                "States unless this installation configures otherwise. Everything else is other. Frontier does "
                "not mean state of the art: small models of that bloc are in it too. Baselines are programs of "
                "our own that guess or calculate; they are simulated, labelled so, and in no figure between "
                "blocs."
            ),
        ),
        (
            t("Record"),
            t(
                "A bloc's running best by release date. It is set at most once a day and holds until it is "
                "beaten, so it is drawn as a step and never as a slope. As the maximum of uncertain scores it is "
                "biased upward."
            ),
        ),
        (
            t("Gap"),
            t(
                "The frontier record less the domestic record: percentage points on a benchmark, rating points on "
                "an arena board, index points on the capability index. Its interval is unpaired where the answers "
                "to single items are not known."
            ),
        ),
        (
            t("Lag"),
            t(
                "The standing lag, which every headline states, is the time since a frontier model was first as "
                "good as today's best domestic model; it grows by a day a day and falls when a better domestic "
                "model comes out. The record lag is the same at the release of that domestic model. A month is "
                "30.4375 days. A negative lag means that domestic models lead by at least as long."
            ),
        ),
        (
            t("Match rule"),
            t(
                "When one model counts as good as another. By the point rule its score is at least as high; by a "
                "tolerance it may be lower by so much; by significance it may be lower as long as the difference "
                "is within chance. The rule alone can change the lag several times over, so every lag names its "
                "rule."
            ),
        ),
        (
            t("Guards"),
            t(
                "No lag is stated where a record is above 95% of the ceiling or within 5 points of guessing, "
                "where a bloc has fewer than three records, where the newest model tested is over six months old, "
                "or where one bloc's newest models are covered by far fewer benchmarks. The cell is hatched and "
                "says why."
            ),
        ),
        (
            t("Evidence"),
            t(
                "Measured: by us, through lm-evaluation-harness. Independent: by a third party. Leaderboard: by a "
                "public board. Vendor: by a model's developer, drawn hollow. What a developer prints about a "
                "competitor never stands for that competitor. Measured and published figures are never mixed in "
                "one record."
            ),
        ),
        (
            t("As of"),
            t(
                "The models released by that day, judged by the figures known today. It is the day of the newest "
                "evidence, not of the reading."
            ),
        ),
    ]

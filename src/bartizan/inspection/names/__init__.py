"""Names of people in running text: lists of names, a small linear model over them, and what decodes both into spans.

The model is a linear-chain conditional random field. `scripts/train_names.py` makes it from sentences of our own that
are filled from the lists here, from WNUT 2017 (Derczynski et al., emerging entities, CC-BY-4.0) and from the Broad
Twitter Corpus (Derczynski et al., CC-BY-4.0). It holds weights only, no text of theirs.

What to expect, as `benchmarks/inspection/bench_names.py` measures it (precision / recall / F1, overlap counts):
presidio's made-up sentences, which were not trained on, .87 / .88 / .88, and from confidence 75 on .97 / .61 / .75;
tweets and comments left out of training .55 to .75 / .55 to .57 / .56 to .63. Latin script only. Names in small
letters are found in short texts only. Who needs more can let a model for named entities speak, with
`bartizan.inspection.plugins`.
"""

from bartizan.inspection.names.candidates import Candidates
from bartizan.inspection.names.decoder import Decoder, Name
from bartizan.inspection.names.lexicon import Lexicon, packaged_lexicon
from bartizan.inspection.names.model import Model, packaged_model

__all__ = ["Candidates", "Decoder", "Lexicon", "Model", "Name", "packaged_lexicon", "packaged_model"]

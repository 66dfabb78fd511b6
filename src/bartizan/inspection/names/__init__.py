"""Names of people in running text: lists of names, a small linear model over them, and what decodes both into spans.

The model was trained by `scripts/train_names.py` on sentences of our own that are filled from the lists here, on the
WNUT 2017 emerging entities (Derczynski et al., CC-BY-4.0) and on the Broad Twitter Corpus (Derczynski et al.,
CC-BY-4.0). It holds weights only, no text of theirs. `bartizan.inspection.finders.person` is the way in.
"""

from bartizan.inspection.names.decoder import Decoder, Name
from bartizan.inspection.names.lexicon import Lexicon, packaged_lexicon
from bartizan.inspection.names.model import Model, packaged_model

__all__ = ["Decoder", "Lexicon", "Model", "Name", "packaged_lexicon", "packaged_model"]

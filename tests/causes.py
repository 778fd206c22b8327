"""Whether refusals tell their causes apart, whatever their words are."""

import re
from collections.abc import Iterable, Mapping


def told_apart(said: Mapping[str, Iterable[str]]) -> bool:
    """Whether no sentence stands for two causes; what it quotes and its figures do not make it another one.

    `said` are the sentences by cause, of which one may have several.
    """
    plain = [{re.sub(r"“[^”]*”|\d+", "", sentence) for sentence in one} for one in said.values()]
    return all(plain) and sum(map(len, plain)) == len(set().union(*plain))

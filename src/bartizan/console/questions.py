"""What the gateway says when it asks a person: where values came from, why it asks, and what could happen.

These are its own sentences, in English on record; `bartizan.console.sentences` says them in the reader's language.
"""

from __future__ import annotations

from bartizan.console.words import message

__all__ = ["PREDICATES", "QUESTIONS"]

PREDICATES = (
    message("stands in the request"),
    message("belongs to the organisation"),
    message("was approved before in this session"),
    message("was good in the session that handed over to this one"),
    message("was used before in this session, in a call that was let through"),
    message("stands in the user's own data, in a record that one of the request leads to"),
    message("stands in the user's own data, under a name of the request"),
    message("stands in the user's own data"),
    message("is the user's own"),
    message("is set by the service, in a record that one of the request leads to"),
    message("is set by the service, in a record that the request names"),
    message("is set by the service"),
    message("names what this session made"),
    message("is all that a lookup by words of the request found"),
    message("stands in nothing that the user said or that was read"),
    message("stands in a text that somebody else wrote"),
    message("stands in a field that somebody else can choose"),
    message("was read, in a record that the request does not speak of"),
    message("has no word in common with the request"),
    message("is not what the request says it should be"),
    message("confirms a call that this session did not make"),
    message("was sent for the call that waits for it"),
    message("was not sent after the call that waits for it"),
    message("follows from the request and what was read"),
    message("does not follow from what the request says"),
    message("is nothing that the request speaks of"),
)
"""What is said of an argument or of a value in it."""
QUESTIONS = (
    message("`%(argument)s` %(predicate)s"),
    message("what `%(argument)s` holds %(predicate)s"),
    message("`%(argument)s` holds a value (%(type)s) that %(predicate)s"),
    message("it carries a value of `%(field)s`, of which the request says nothing"),
    message("nothing in the request asks for an action of this kind"),
    message("the request does not speak of what this acts on"),
    message("the same was done already, with other words or sums"),
    message("it reads what is private, and the request does not speak of it"),
    # what could happen
    message("this may be another action than the one that you asked for"),
    message("somebody else may have asked for it, in a text that the agent read"),
    message("someone whom you did not name would receive it"),
    message("the money would go to an account that you did not name"),
    message("an address that you did not name would be contacted, and can learn from it"),
    message("something else than what you meant would be changed"),
    message("someone or something else than what you named would be reached"),
    message("another sum than you meant would be paid"),
    message("a command that you did not give would be run"),
    message("somebody else's password or key would be set or used"),
    message("someone whom you did not name would be called or written to"),
    message("whoever reads the text could be led to a stranger's address or account"),
    message("something that you did not ask for would be confirmed in your name"),
    message("a secret would leave with a message that is otherwise in order"),
    message("somebody may have had it done once more, in another way than you asked for"),
    message("something would be set to another state than the one that you asked for"),
    message("what it returns could then be sent to somebody else"),
    # where a value came from, where the rule didn't say it
    message("the user's request says it"),
    message("only the user or the organisation writes where it came from"),
    message("the service itself has set it"),
    message("an earlier call of this session has made it"),
    message("the request says which record it stands in"),
    message("somebody has approved it before"),
    message("the agent that handed the task over has found it good"),
    message("an outsider may have chosen it, such as a sender or a title"),
    message("it stands in content that an outsider may have written"),
    message("nothing that was said or read has it: the model has made it up or put it together"),
    message("%(origin)s (call %(call)s, %(tool)s)"),
)

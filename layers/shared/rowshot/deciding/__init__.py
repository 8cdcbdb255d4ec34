"""What comes next for a row, and what an answer means: pure functions over what is known.

Belongs here: the decision (``next_action``, ``conclude``), the reasons why rows end with their
sentences, when to look at a task, and which refusals are about a picture's content. Nothing here
reads or writes anything.
"""

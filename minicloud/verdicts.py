"""Verdicts with a number, for ``@pytest.mark.minicloud(verdicts=...)``: what a test may have taken at most.

    @pytest.mark.minicloud(verdicts=("dlqs_empty", max_receives(3), max_age(60)))

In the ini file they are text: ``minicloud_verdicts = dlqs_empty max_receives(3) max_messages(jobs,10)``.
"""

from .inspection.measured_verdicts import Verdict, max_age, max_messages, max_receives, no_empty_polls_over

__all__ = ["Verdict", "max_age", "max_messages", "max_receives", "no_empty_polls_over"]

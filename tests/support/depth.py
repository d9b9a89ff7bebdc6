"""How far those tests go that could go on for ever: examples of hypothesis, rounds of threads.

Figures in tests are those of the profile ``deep``, and ``deep(figure)`` is what of it the profile of this run asks for:
by default a twentieth, so that the suite is run often. ``--hypothesis-profile=deep`` runs all of it::

    python -m pytest -m "hypothesis or exhaustive or stress" --hypothesis-profile=deep

hypothesis marks its tests itself. What else goes by ``deep`` is marked ``stress`` where the interpreter decides what
happens (exceptions that come into a call at each of its places, threads), and ``exhaustive`` where it does not.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

DEFAULT = "shallow"
EXAMPLES = 100
"""Of a test that names no figure, in the profile ``deep``."""

# Machines are slow at times, and examples are no benchmark. The rest stays as hypothesis has it (in CI: derandomized).
settings.register_profile(
    "deep",
    settings.default,
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.register_profile(DEFAULT, settings.get_profile("deep"), max_examples=EXAMPLES // 20)


def deep(figure: int) -> int:
    """What of a figure the profile in force asks for."""
    return max(1, figure * settings.default.max_examples // EXAMPLES)


def is_deep() -> bool:
    """Whether the profile in force asks for all there is."""
    return settings.default.max_examples >= EXAMPLES

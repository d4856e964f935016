"""cambio: a reinforcement-learning trading system for USD/COP, with one decision path."""

__version__ = "0.1.0"

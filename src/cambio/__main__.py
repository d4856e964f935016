"""`python -m cambio`."""

from cambio.cli import main

main()

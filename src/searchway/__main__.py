"""`python -m searchway` is the command `searchway`."""

from searchway.cli import main

main()

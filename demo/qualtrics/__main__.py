"""The stand-in alone on a port: `python -m demo.qualtrics --port 8025`."""

from demo.qualtrics.alone import main

main()

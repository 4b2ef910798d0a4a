"""The program `orders`: its commands are in main.py, which is not imported for a health check."""

from mesh import entry


def run() -> None:
    entry.run("orders")


if __name__ == "__main__":
    run()

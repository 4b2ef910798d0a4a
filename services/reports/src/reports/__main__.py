"""The program `reports`: its commands are in main.py, which is not imported for a health check."""

from mesh import entry


def run() -> None:
    entry.run("reports")


if __name__ == "__main__":
    run()

"""The measurements, each one command. `README.md` says what each means."""

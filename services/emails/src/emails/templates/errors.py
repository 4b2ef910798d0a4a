"""What is said of a template that cannot be used."""


class BrokenTemplate(Exception):
    """It would leave a hole in a mail: said when it is loaded, and not when a mail is written."""

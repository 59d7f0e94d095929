"""What the workshop says to people whose input it cannot use."""


class InputError(Exception):
    """Input that cannot be used: the text names the file, the place, what was found and expected.

    The command line prints it as one sentence, without a traceback, and exits with status 2.
    """

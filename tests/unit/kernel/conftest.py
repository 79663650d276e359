"""How hypothesis runs here: the same examples every time, and no deadline on a shared machine."""

from hypothesis import settings

settings.register_profile("kernel", deadline=None, derandomize=True)
settings.load_profile("kernel")

from demo.views.api import Clock
from demo.views.page import advance, page, sign_in

__all__ = ["Clock", "advance", "page", "sign_in"]

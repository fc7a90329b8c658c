from demo.views.api import Clock
from demo.views.page import advance, page, sign_in
from demo.views.phone import phone

__all__ = ["Clock", "advance", "page", "phone", "sign_in"]

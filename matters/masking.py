"""What of a person may be shown: phone numbers, names and ID numbers with their middle left out.

Clear values leave only by `dispatch.contacts.reveal`, which writes who asked and why.
"""

import re
from collections.abc import Callable

TITLES = ("先生", "女士", "同志", "老师", "阿姨", "大爷")
HALF_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ－　", "0123456789Xx- ")
# 18 characters, in their usual groups (place, birthday, serial); GB 11643-1999
ID_NUMBER = re.compile(r"(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx](?!\d)", re.ASCII)
PHONE_NUMBER = re.compile(
    r"(?<!\d)(?:"
    r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}"  # mobile
    r"|(?:010|02\d|0[3-9]\d{2})[ -]?\d{7,8}"  # landline with its area code
    r")(?!\d)",
    re.ASCII,
)
LANDLINE = re.compile(r"((?:010|02\d|0[3-9]\d{2})[ -]?)(\d{3,4})(\d{4})", re.ASCII)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
LOCAL, MOBILE = 7, 11  # digits


def phone(value: str) -> str:
    """141****1034; a landline keeps its area code and last four digits; a shorter number keeps nothing."""
    clear = value.strip().translate(HALF_WIDTH)
    if landline := LANDLINE.fullmatch(clear):
        return f"{landline[1]}{'*' * len(landline[2])}{landline[3]}"
    digits = re.sub(r"\D", "", clear)
    if len(digits) == MOBILE + 2 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) < LOCAL:
        return "*" * len(clear)
    shown = digits[:3] if len(digits) >= MOBILE else ""
    return f"{shown}{'*' * (len(digits) - len(shown) - 4)}{digits[-4:]}"


def name(value: str) -> str:
    """王*军; of two characters the first stays. A surname with a form of address says no more than it shows."""
    clear = value.strip()
    if clear[1:] in TITLES:
        return clear
    if len(clear) <= 2:
        return clear[: len(clear) - 1] + "*" * bool(clear)
    return f"{clear[0]}{'*' * (len(clear) - 2)}{clear[-1]}"


def text(value: str) -> str:
    """Free text without ID numbers (those whose check digit is right) and without phone numbers."""
    value = _replaced(value, ID_NUMBER, _id_number)
    return _replaced(value, PHONE_NUMBER, phone)


def _replaced(value: str, pattern: re.Pattern[str], mask: Callable[[str], str]) -> str:
    """`value` with each find masked; found in half width, so that other full-width digits stay as written."""
    parts: list[str] = []
    end = 0
    for found in pattern.finditer(value.translate(HALF_WIDTH)):
        parts += [value[end : found.start()], mask(found[0])]
        end = found.end()
    return "".join(parts) + value[end:]


def _id_number(found: str) -> str:
    digits = re.sub(r"[ -]", "", found).upper()
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=False))
    return f"{digits[:3]}{'*' * 11}{digits[-4:]}" if CHECK[total % 11] == digits[-1] else found

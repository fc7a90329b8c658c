"""People and their posts. Every unit gets a head and a handler; those the data does not have are made up here."""

from itertools import product

from django.contrib.auth.hashers import make_password

from demo.seeding import facts
from organization.choices import Role
from organization.models import Person, Post

NAMED = [
    "grid01", "village01", "grid02", "village02", "town01", "town02", "desk01", "desk02",
    "district01", "districtdesk", "bureau01", "auditor", "admin",
]  # fmt: skip
_NAMED_HANDLERS = {"001-ZFDW": "town01", "100-ZFDW": "town02"}
_TITLES = {Role.HEAD: "负责人", Role.HANDLER: "承办人"}
_GIVEN = [
    "明轩", "雅婷", "子墨", "慧敏", "俊杰", "晓燕", "立群", "素芬",
    "海波", "玉兰", "世杰", "佳宁", "宏伟", "丽娟", "振华", "巧云",
]  # fmt: skip


def plant(areas, units, password):
    """Create people and posts. One hash serves everybody: it is one password, and hashing it is slow on purpose."""
    rows = [*facts.district()["people"], *_missing(units)]
    secret = make_password(password)
    people = Person.objects.bulk_create(_person(row, secret) for row in rows)
    Post.objects.bulk_create(
        _post(row, person, areas, units) for row, person in zip(rows, people, strict=True)
    )


def set_password(password):
    """Give every demo person the password of this start."""
    Person.objects.update(password=make_password(password))


def give_addresses():
    """E-mail for the named people, a number for everybody.

    `.invalid` can never be delivered (RFC 2606); the numbers 141 0000 .... are given to nobody.
    """
    numbered = list(Person.objects.order_by("pk"))
    for place, person in enumerate(numbered):
        person.phone = f"141000{place:05d}"
    Person.objects.bulk_update(numbered, ["phone"])
    named = list(Person.objects.filter(username__in=NAMED))
    for person in named:
        person.email = f"{person.username}@demo.invalid"
    Person.objects.bulk_update(named, ["email"])


def _missing(units):
    """Rows for the heads and handlers that units lack, with usernames after those of the data."""
    rows = facts.district()["people"]
    held = {(row.get("department"), row["role"]) for row in rows}
    names = ("".join(pair) for pair in product(_GIVEN, facts.texts()["surnames"]))
    number = len(rows)
    found = []
    for code, role in product(sorted(units), (Role.HEAD, Role.HANDLER)):
        if (code, role) not in held:
            number += 1
            name = next(names)
            known = _NAMED_HANDLERS.get(code) if role == Role.HANDLER else None
            found.append(
                {
                    "username": known or f"u{number:04d}",
                    "name": name[-1] + name[:-1],
                    "role": role,
                    "title": _TITLES[role],
                    "department": code,
                }
            )
    return found


def _person(row, secret):
    username = row["username"]
    is_admin = username == "admin"
    return Person(
        username=username,
        name=row["name"],
        password=secret,
        is_staff=is_admin,
        is_superuser=is_admin,
    )


def _post(row, person, areas, units):
    return Post(
        person=person,
        role=row["role"],
        title=row["title"],
        department=units.get(row.get("department")),
        area=areas.get(row.get("area")),
        sensitive_desk=row.get("sensitive_desk", False),
        valid_from=facts.valid_from(),
    )

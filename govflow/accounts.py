"""Accounts are made by an administrator: nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model
from django.http import HttpRequest

from organization.statements import Given, Once


class ClosedAccounts(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class Accounts(AuthenticationBackend):
    """Who is logged in is asked with each request; the statement is compiled once."""

    def get_user(self, user_id: Any) -> Any:
        person = _person.first(pk=user_id)
        return person if person is not None and self.user_can_authenticate(person) else None


_person: Once[Any] = Once(lambda: get_user_model()._default_manager.filter(pk=Given("pk")))

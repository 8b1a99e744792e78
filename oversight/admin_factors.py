"""Second factors in the administration, in place of allauth's page, on which one person could enrol for another."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.http import HttpRequest

from oversight import audit, people
from oversight.admin import ReadOnly


class AuthenticatorAdmin(ReadOnly):
    """Nobody enrols a second factor for somebody else. A lost one can be taken away, which is written down."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    fields = ["user", "type", "created_at", "last_used_at"]  # never its secret

    def has_delete_permission(self, request: HttpRequest, _obj: object = None) -> bool:
        return people.admin(request).is_superuser

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        audit.record(
            by=people.account(request), action="took a second factor away", subject=obj.user, type=obj.type
        )
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for each in queryset.select_related("user"):
            self.delete_model(request, each)


def take_the_place_of_allauths() -> None:
    """After every app has registered its own."""
    admin.site.unregister(Authenticator)
    admin.site.register(Authenticator, AuthenticatorAdmin)

"""Django's administration, behind our own door: its own sign-in page knows neither second factors nor limits."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.generic import RedirectView

from oversight.people import account_if_any


class Administration(AdminSite):
    """For admins who were also given its keys (`is_staff`). Signing in, and new passwords, are the site's own."""

    site_header = site_title = "Administration"

    def has_permission(self, request: HttpRequest) -> bool:
        user = account_if_any(request)
        return user is not None and user.is_admin and user.is_staff

    def login(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
        """Raises PermissionDenied for whoever is signed in and may not enter."""
        if self.has_permission(request):
            return redirect("admin:index")
        if account_if_any(request):
            raise PermissionDenied
        back = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': back})}")

    def get_urls(self) -> list[Any]:
        elsewhere = RedirectView.as_view(pattern_name="account_change_password")
        return [path("password_change/", elsewhere, name="password_change"), *super().get_urls()]

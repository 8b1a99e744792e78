"""The administration of people and of promised work. The audit log can be read, never changed."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from oversight import audit, people
from oversight.models import AuditEvent, OutboxEntry, User


@admin.register(User)
class OversightUserAdmin(UserAdmin):  # type: ignore[type-arg]
    list_display = ["username", "email", "role", "is_active"]
    list_filter = ["role", "is_active"]
    fieldsets = [
        (None, {"fields": ["username", "email", "password"]}),
        ("Role", {"fields": ["role", "is_active", "is_staff", "is_superuser"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "email", "role", "usable_password", "password1", "password2"]})
    ]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Disabling an account, enabling it again, and other power for it are written down for good."""
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data:
            action = "enabled an account" if obj.is_active else "disabled an account"
            audit.record(by=people.account(request), action=action, subject=obj)
        power = {name: getattr(obj, name) for name in ("role", "is_staff", "is_superuser")}
        if any(name in form.changed_data for name in power):
            audit.record(by=people.account(request), action="changed a role", subject=obj, **power)


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly):
    list_display = ["at", "actor", "action", "subject", "subject_id"]
    list_filter = ["action"]


@admin.register(OutboxEntry)
class OutboxEntryAdmin(ReadOnly):
    list_display = ["job", "subject", "state", "tries", "due_at", "last_error"]
    list_filter = ["state", "job"]

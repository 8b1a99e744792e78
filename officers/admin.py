"""The administration: for admins only. Matching is not switched here; that is an act of its own with a reason."""

from django.contrib import admin

from officers.models import Assignment, Coordination, Department, DepartmentState, Officer, Rank, Unit


class DepartmentStateInline(admin.TabularInline):  # type: ignore[type-arg]
    model = DepartmentState
    extra = 0


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "state", "is_facial_recognition_allowed", "is_published"]
    search_fields = ["name"]
    readonly_fields = [
        "is_facial_recognition_allowed",
        "recognition_legal_basis",
        "recognition_review_due",
        "is_demo",
    ]
    inlines = [DepartmentStateInline]


class AssignmentInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Assignment
    extra = 0


@admin.register(Officer)
class OfficerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["last_name", "first_name", "internal_id", "is_published"]
    search_fields = ["last_name", "first_name", "internal_id"]
    inlines = [AssignmentInline]


admin.site.register(Rank)
admin.site.register(Unit)
admin.site.register(Coordination)

"""The public record as files, sent while they are made. Throttled: a whole department is much to read."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from officers.models import Department
from officers.rosters.export_files import FORMATS
from oversight import throttles

SCOPE = "exports"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What can be taken along, and how."""
    departments = Department.objects.public().select_related("state").order_by("state__name", "name")
    return render(request, "rosters/export.html", {"departments": departments})


@require_POST
def department(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    shown = get_object_or_404(Department.objects.public(), pk=pk)
    return _send(request, [shown], form, f"department-{pk}")


@require_POST
def everything(request: HttpRequest, form: str) -> HttpResponseBase:
    """All departments in one file; a workbook holds only one."""
    if form == "xlsx":
        raise Http404
    return _send(request, list(Department.objects.public().order_by("pk")), form, "everything")


def _send(
    request: HttpRequest, departments: Sequence[Department], form: str, name: str
) -> HttpResponse | StreamingHttpResponse:
    if form not in FORMATS:
        raise Http404
    if not throttles.allows(request, SCOPE):
        return render(request, "429.html", status=429)
    make, ending, kind = FORMATS[form]
    response = StreamingHttpResponse(make(departments), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response

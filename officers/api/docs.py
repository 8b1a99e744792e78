"""The API's own pages: its OpenAPI document, a page to read and try it, and an answer for addresses that are none."""

from typing import Any, ClassVar, NoReturn

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView


class KeptGenerator(SchemaGenerator):
    """Writes the document once for each process: it takes seconds, and it is the same for everybody."""

    kept: ClassVar[Any] = None

    def get_schema(self, request: Request | None = None, public: bool = False) -> Any:
        if KeptGenerator.kept is None:
            writer: Any = super()
            KeptGenerator.kept = writer.get_schema(request, public)
        return KeptGenerator.kept


class SchemaView(SpectacularAPIView):
    """The OpenAPI document."""

    generator_class = KeptGenerator


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from our own host. Its template has no inline script and no inline style, so the site's CSP holds."""

    url_name = "api-schema"
    template_name = "api/docs.html"


@extend_schema(exclude=True)
class NowhereView(APIView):
    """Below /api/ even an address that does not exist answers in JSON."""

    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        super().initial(request, *args, **kwargs)
        raise NotFound("There is nothing at this address. Every address of the API ends with a slash.")

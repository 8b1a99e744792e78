"""The plugin's addresses of the API."""

from rest_framework.routers import SimpleRouter

from recognition.api import IdentificationViewSet

router = SimpleRouter()
router.register("identifications", IdentificationViewSet, basename="api-identification")
urlpatterns = router.urls

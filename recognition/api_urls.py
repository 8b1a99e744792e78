"""The plugin's addresses of the API. Loading them hands the gate's sentences down to the record's API."""

from rest_framework.routers import SimpleRouter

from officers.api import matching
from recognition.api import IdentificationViewSet
from recognition.refusals import IN_WORDS

matching.sentences.update(IN_WORDS)

router = SimpleRouter()
router.register("identifications", IdentificationViewSet, basename="api-identification")
urlpatterns = router.urls

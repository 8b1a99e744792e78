"""Pages of what happened: incidents, complaints, lawsuits, and what leads to them. Routes of officers/urls.py."""

from django.urls import path

from officers.views import cases, topics

urlpatterns = [
    path("incidents/", cases.case_list, {"kind": "incident"}, name="incident-list"),
    path("incidents/<int:pk>/", cases.incident, name="incident"),
    path("complaints/", cases.case_list, {"kind": "complaint"}, name="complaint-list"),
    path("complaints/<int:pk>/", cases.complaint, name="complaint"),
    path("lawsuits/", cases.case_list, {"kind": "lawsuit"}, name="lawsuit-list"),
    path("lawsuits/<int:pk>/", cases.lawsuit, name="lawsuit"),
    path("plates/", topics.plates, name="plates"),
    path("topics/", topics.topic_list, name="topic-list"),
    path("topics/<int:pk>/", topics.topic, name="topic"),
]

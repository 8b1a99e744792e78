"""The record's pages."""

from django.urls import path

from officers.views import browse, identify, images, matching, review, sort, submit

urlpatterns = [
    path("", browse.home, name="home"),
    path("protection/", browse.about_protection, name="about-protection"),
    path("departments/", browse.department_list, name="department-list"),
    path("departments/<int:pk>/", browse.department, name="department"),
    path("departments/<int:pk>/matching/", matching.allow, name="matching-allow"),
    path("departments/<int:pk>/matching/approve/", matching.approve, name="matching-approve"),
    path("departments/<int:pk>/matching/forbid/", matching.forbid, name="matching-forbid"),
    path("officers/", browse.find_officer, name="officer-find"),
    path("officers/<int:pk>/", browse.officer, name="officer"),
    path("faces/<int:pk>.jpg", images.face_crop, name="face-crop"),
    path("send/", submit.submit_photos, name="photo-submit"),
    path("send/thanks/", submit.thanks, name="photo-thanks"),
    path("who/", identify.start, name="identify-start"),
    path("who/<int:pk>/", identify.line_up, name="identify-department"),
    path("who/<int:pk>/roster/", identify.line_up, name="roster-line-up"),
    path("photos/", sort.queue, name="photo-queue"),
    path("photos/<uuid:pk>/sort/", sort.answer, name="photo-sort"),
    path("photos/<uuid:pk>.jpg", images.whole_photo, name="photo-image"),
    path("review/", review.waiting, name="review"),
    path("review/<int:pk>/", review.decide, name="review-decide"),
]

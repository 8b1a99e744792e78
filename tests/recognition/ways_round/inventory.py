"""Everything that the product stores, column by column: what could be asked for. A new column is a decision."""

INVENTORY = {
    "recognition.PresenceResult": "photo_id decision score labels boxes backend model_version made_at",
    "recognition.FaceTemplate": "face_id officer_id photo_id engine template made_at",
    "recognition.UnusableFace": "face_id engine reason",
    "recognition.Identification": "x y width height id department_id photo_id state reason officers_searched "
    "candidates_found answer created_at done_at expires_at",
    "recognition.GuardAlert": "id department_id stage reason raised_at owner_id ended_at finding",
    "recognition.Candidate": "id identification_id officer_id face_id number chance is_denied",
    "officers.State": "code name",
    "officers.ProhibitedPlace": "id state_id county city valid_from valid_to source reviewed_by reviewed_on",
    "officers.Department": "id name short_name state_id county city internal_id_label complaint_office "
    "is_facial_recognition_allowed recognition_legal_basis recognition_review_due is_published "
    "is_demo",
    "officers.MatchingProposal": "id department_id legal_basis review_due proposed_by_id proposed_at",
    "officers.DepartmentState": "id department_id state_id",
    "officers.Rank": "id department_id name order is_sworn_officer",
    "officers.Unit": "id department_id name",
    "officers.Officer": "id first_name middle_name last_name suffix race gender birth_year employment_date "
    "internal_id is_published created_at ever_prohibited",
    "officers.Assignment": "id officer_id department_id rank_id unit_id badge_number start_date end_date",
    "officers.Coordination": "id user_id department_id",
    "officers.Photo": "id department_id width height upload_sha256 pixel_sha256 taken_on "
    "taken_in_prohibited_place ever_prohibited received_on expires_at heads_found_at police "
    "police_said_by_id",
    "officers.PhotoFiling": "id photo_id department_id",
    "officers.FoundHead": "id x y width height photo_id number score",
    "officers.Face": "id x y width height photo_id officer_id is_featured tagged_by_id tagged_at reviewed_by_id "
    "reviewed_at",
    "oversight.User": "id password last_login is_superuser username is_staff is_active date_joined email role",
    "oversight.AuditEvent": "id at actor_id actor action subject subject_id facts place_in_chain chain_hash",
    "oversight.OutboxEntry": "id job subject queue state tries created_at due_at hinted_at lease_token lease_until "
    "running_as settled_at last_error",
}

"""Everything that the product stores, column by column: what could be asked for. A new column is a decision."""

INVENTORY = {
    "recognition.PresenceResult": "photo_id decision score labels boxes backend model_version made_at",
    "recognition.FaceTemplate": "face_id officer_id photo_id engine template made_at",
    "recognition.UnusableFace": "face_id engine reason",
    "recognition.Identification": "x y width height id department_id photo_id state reason steps_done "
    "officers_searched candidates_found answer asked_by_volunteer created_at "
    "done_at expires_at",
    "recognition.VolunteerLook": "id identification_id answer asked_at",
    "recognition.DoneMail": "id identification_id send_to",
    "recognition.GuardAlert": "id department_id stage reason raised_at owner_id ended_at finding",
    "recognition.Candidate": "id identification_id officer_id face_id number chance is_denied",
    "recognition.BulkRun": "id department_id source_id received_from received_until is_only_unclassified "
    "state total backend price trouble begun_at rate_since rate_from ended_at",
    "recognition.BulkLane": "id run_id number cursor at_photo at_tries done requests pauses is_finished",
    "recognition.BulkFailure": "id run_id photo_id reason is_again failed_at",
    "officers.State": "code name",
    "officers.ProhibitedPlace": "id state_id county city valid_from valid_to source reviewed_by reviewed_on",
    "officers.Department": "id created_at updated_at version name short_name kind state_id county city "
    "internal_id_label complaint_office website office_phone office_email ori "
    "founded_year time_zone about is_facial_recognition_allowed "
    "recognition_legal_basis recognition_review_due is_published is_demo",
    "officers.MatchingProposal": "id department_id legal_basis review_due proposed_by_id proposed_at",
    "officers.DepartmentState": "id department_id state_id",
    "officers.Rank": "id created_at updated_at version department_id name order is_sworn_officer",
    "officers.Unit": "id created_at updated_at version department_id name",
    "officers.Officer": "id created_at updated_at version first_name middle_name last_name suffix race "
    "gender birth_year employment_date internal_id is_published ever_prohibited",
    "officers.Assignment": "id created_at updated_at version officer_id department_id rank_id unit_id "
    "badge_number start_date end_date status separation separation_note",
    "officers.Coordination": "id user_id department_id",
    "officers.ApiToken": "id user_id name digest password_mark can_write department_id made_at expires_at "
    "last_used_on",
    "officers.Photo": "id department_id width height upload_sha256 pixel_sha256 perceptual_hash "
    "taken_on taken_in_prohibited_place ever_prohibited received_on expires_at "
    "heads_found_at police police_said_by_id has_readable_name likely_police "
    "left_tagging_at",
    "officers.SortAnswer": "id photo_id person_id says counts answered_at",
    "officers.Claim": "id photo_id person_id task until",
    "officers.KnownPhoto": "photo_id marked_by_id marked_at",
    "officers.PhotoFiling": "id photo_id department_id",
    "officers.ImportSource": "id place department_id started_at last_run_at is_finished",
    "officers.ImportedFile": "id source_id key size etag state reason photo_id",
    "officers.Cover": "id x y width height photo_id number is_drawn is_lifted",
    "officers.Publication": "photo_id state version changes covers_found_at looked_by_id looked_at why",
    "officers.FoundHead": "id x y width height photo_id number score",
    "officers.Face": "id x y width height photo_id officer_id is_featured use_for_recognition "
    "tagged_by_id tagged_at reviewed_by_id reviewed_at",
    "officers.Flag": "id code_hash received_at ended_at ended_by_id reason part text department_id "
    "officer_id photo_id face_id outcome finding",
    "officers.Takedown": "id code_hash received_at ended_at ended_by_id asker links why contact due_at "
    "owner_id answer",
    "officers.Hold": "id officer_id photo_id reason flag_id by_id since until erase_at ended_at ended_by_id",
    "oversight.User": "id password last_login is_superuser username is_staff is_active date_joined "
    "email role",
    "oversight.AuditEvent": "id at actor_id actor action subject subject_id facts place_in_chain chain_hash",
    "oversight.OutboxEntry": "id job subject queue state tries created_at due_at hinted_at lease_token "
    "lease_until running_as settled_at last_error",
    "officers.Location": "id street_name cross_street1 cross_street2 city state_id zip_code",
    "officers.LicensePlate": "id number state_id",
    "officers.Incident": "id created_at updated_at version department_id date time report_number "
    "description location_id is_published",
    "officers.Complaint": "id created_at updated_at version department_id incident_id record_number "
    "category received_on closed_on summary outcome is_published",
    "officers.Allegation": "id created_at updated_at version complaint_id officer_id accused_as allegation "
    "subtype directive details",
    "officers.Finding": "id created_at updated_at version allegation_id disposition as_written found_by "
    "is_recommendation found_on",
    "officers.Penalty": "id created_at updated_at version finding_id penalty days amount "
    "is_recommendation assessed_on",
    "officers.RecordChange": "id at act record row_id parent parent_id department_id operation before after "
    "actor_id actor why",
    "officers.OfficerMerge": "id kept_id gone_id gone_name act why merged_at merged_by_id",
    "officers.Lawsuit": "id created_at updated_at version department_id incident_id title court "
    "docket_number filed_on closed_on nature outcome amount summary is_published",
    "officers.LawsuitParty": "id created_at updated_at version lawsuit_id role name officer_id department_id",
    "officers.LegacyId": "id source table legacy_id record record_id",
    "officers.OfficerAlias": "id created_at updated_at version officer_id name kind",
    "officers.Certification": "id created_at updated_at version officer_id state_id name value",
    "officers.Salary": "id created_at updated_at version officer_id department_id salary overtime_pay "
    "year is_fiscal_year",
    "officers.Description": "id created_at updated_at version officer_id department_id text written_by_id",
    "officers.Note": "id created_at updated_at version officer_id department_id text written_by_id",
    "officers.CareerLink": "id created_at updated_at version first_id second_id confidence why linked_by_id",
    "officers.RosterImport": "id department_id source state files tables options summary problem act "
    "started_by_id started_at loaded_at undone_at",
    "officers.RosterRow": "id roster_id sheet table line key cells resolved cell_errors errors record_id "
    "verdict matched_by fingerprint changes candidates",
    "officers.RosterDecision": "id department_id source who officer_id decided_by_id decided_at",
    "officers.RosterColumns": "id department_id source header sheet columns",
    "officers.SearchRow": "officer_id is_listed words sort_name race gender birth_year is_active by_rank "
    "by_pay by_since",
    "officers.FacetCount": "id race gender birth_year is_active by_pay how_many is_sum",
    "officers.NameWord": "word",
    "officers.Link": "id created_at updated_at version url link_type title description author "
    "has_content_warning",
    "officers.Document": "id created_at updated_at version department_id title description file sha256 size "
    "copy_size pages pages_read is_drawn_over trouble text text_read_at review_state reviewed_by_id reviewed_at "
    "review_note",
    "officers.Topic": "id created_at updated_at version name",
    "officers.Citation": "id created_at updated_at version record record_id field kind url title "
    "document_id page retrieved_on",
}

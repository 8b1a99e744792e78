-- The law once more, written from its sentences and not from the guard's functions: what lies here that must not?
-- One statement, so one moment. Each row: what it is, where it is, why it must not be there.
WITH today AS (SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date AS day),
place AS (
    SELECT id AS department, state_id AS state, county, city FROM public.officers_department
    UNION ALL SELECT department_id, state_id, '', '' FROM public.officers_departmentstate
),
-- A county or city that we do not know could be the prohibited one.
closed AS (
    SELECT d.id FROM public.officers_department d, today
    WHERE d.is_facial_recognition_allowed IS NOT TRUE
       OR d.recognition_review_due IS NULL OR d.recognition_review_due < today.day
       OR EXISTS (SELECT FROM place p WHERE p.department = d.id AND p.state = 'IL')
       OR EXISTS (
            SELECT FROM place p JOIN public.officers_prohibitedplace x ON x.state_id = p.state
            WHERE p.department = d.id AND x.valid_from <= today.day
              AND (x.valid_to IS NULL OR x.valid_to > today.day)
              AND (x.county = '' OR p.county = '' OR x.county = p.county)
              AND (x.city = '' OR p.city = '' OR x.city = p.city))
),
officer AS (
    SELECT o.id, CASE
        WHEN o.ever_prohibited THEN 'the officer was once in a prohibited place'
        WHEN NOT EXISTS (SELECT FROM public.officers_assignment a WHERE a.officer_id = o.id)
            THEN 'the officer is in no department'
        WHEN EXISTS (SELECT FROM public.officers_assignment a JOIN closed ON closed.id = a.department_id
                     WHERE a.officer_id = o.id) THEN 'a department of the officer does not allow it'
        END AS why
    FROM public.officers_officer o
),
photo AS (
    SELECT p.id, CASE
        WHEN p.ever_prohibited THEN 'the photo was once in a prohibited place'
        WHEN p.department_id IN (SELECT id FROM closed) THEN 'the department of the photo does not allow it'
        END AS why
    FROM public.officers_photo p
),
face AS (
    SELECT f.id, f.officer_id, f.photo_id, CASE
        WHEN f.reviewed_at IS NULL THEN 'the face had no second look'
        WHEN NOT f.use_for_recognition THEN 'the face was taken out of matching'
        WHEN o.id IS NULL THEN 'the officer is not there'
        WHEN p.id IS NULL THEN 'the photo is not there'
        ELSE coalesce(o.why, p.why) END AS why
    FROM public.officers_face f LEFT JOIN officer o ON o.id = f.officer_id LEFT JOIN photo p ON p.id = f.photo_id
)
SELECT 'template', t.face_id::text, coalesce(f.why, 'it is of another face, officer or photo')
FROM public.recognition_facetemplate t
LEFT JOIN face f ON f.id = t.face_id AND f.officer_id = t.officer_id AND f.photo_id = t.photo_id
WHERE f.id IS NULL OR f.why IS NOT NULL
UNION ALL
SELECT 'candidate', c.identification_id || ' officer ' || c.officer_id,
       coalesce(f.why, p.why, CASE WHEN i.department_id IN (SELECT id FROM closed)
                THEN 'the department searched does not allow it' ELSE 'it is of another face, officer or search' END)
FROM public.recognition_candidate c
LEFT JOIN face f ON f.id = c.face_id AND f.officer_id = c.officer_id
LEFT JOIN public.recognition_identification i ON i.id = c.identification_id
LEFT JOIN photo p ON p.id = i.photo_id
WHERE f.id IS NULL OR f.why IS NOT NULL OR i.id IS NULL OR p.id IS NULL OR p.why IS NOT NULL
   OR i.department_id IN (SELECT id FROM closed)
UNION ALL
SELECT 'switch', d.id::text, 'face matching is switched on in Illinois'
FROM public.officers_department d WHERE d.state_id = 'IL' AND d.is_facial_recognition_allowed

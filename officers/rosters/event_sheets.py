"""Sheets about what happened: incidents, complaints, lawsuits, and the links to all of them."""

from officers.models import Finding, Lawsuit, LawsuitParty, Link
from officers.rosters.fields import Field
from officers.rosters.sheet import (
    ACCUSED,
    DEPARTMENT,
    DRAFT,
    IN_COMPLAINT,
    INCIDENT,
    OFFICERS,
    PLACES,
    Sheet,
    choices,
    topics,
)

EVENTS = (
    Sheet(
        "incidents",
        "Incident",
        (
            *DEPARTMENT,
            Field("date", "date", also=("incident_date", "occurred_on")),
            Field("time", "time", also=("incident_time",)),
            Field("report_number", also=("report_num", "report_no", "case_number")),
            Field("description", also=("narrative",)),
            *PLACES,
            Field(
                "officer_ids",
                "references",
                target="officers",
                many=("Incident", "officers"),
                also=("officers",),
            ),
            Field(
                "license_plates",
                "plates",
                many=("Incident", "license_plates"),
                also=("licenses", "plates"),
            ),
            topics("incidents"),
        ),
        natural=(("report_number", "date"), ("report_number",)),
        fixed=DRAFT,
    ),
    Sheet(
        "complaints",
        "Complaint",
        (
            Field("record_number", also=("record_id", "complaint_number")),
            INCIDENT,
            Field("category"),
            Field("received_on", "date"),
            Field("closed_on", "date"),
            Field("summary"),
            Field("outcome"),
            topics("complaints"),
        ),
        natural=(("record_number",),),
        fixed=DRAFT,
    ),
    Sheet(
        "allegations",
        "Allegation",
        (
            Field("complaint_id", "reference", "complaint_id", "complaints", is_required=True),
            ACCUSED,
            Field("accused_as"),
            Field("allegation", is_required=True),
            Field("subtype"),
            Field("directive"),
            Field("details"),
        ),
        scope=IN_COMPLAINT.format("t.complaint_id"),
        natural=(("complaint_id", "officer_id", "accused_as", "allegation"),),
    ),
    Sheet(
        "findings",
        "Finding",
        (
            Field("allegation_id", "reference", "allegation_id", "allegations", is_required=True),
            Field("disposition", choices(Finding, "disposition")),
            Field("as_written"),
            Field("found_by"),
            Field("is_recommendation", "flag"),
            Field("found_on", "date"),
        ),
        scope=IN_COMPLAINT.format(
            "(SELECT complaint_id FROM officers_allegation g WHERE g.id = t.allegation_id)"
        ),
        natural=(("allegation_id", "disposition", "as_written", "found_by", "is_recommendation"),),
    ),
    Sheet(
        "penalties",
        "Penalty",
        (
            Field("finding_id", "reference", "finding_id", "findings", is_required=True),
            Field("penalty", is_required=True),
            Field("days", "whole"),
            Field("amount", "money"),
            Field("is_recommendation", "flag"),
            Field("assessed_on", "date"),
        ),
        scope=IN_COMPLAINT.format(
            "(SELECT complaint_id FROM officers_allegation g JOIN officers_finding f ON f.allegation_id = g.id"
            " WHERE f.id = t.finding_id)"
        ),
        natural=(("finding_id", "penalty", "is_recommendation"),),
    ),
    Sheet(
        "lawsuits",
        "Lawsuit",
        (
            Field("title", is_required=True),
            INCIDENT,
            Field("court"),
            Field("docket_number", also=("case_no",)),
            Field("filed_on", "date", also=("filed",)),
            Field("closed_on", "date"),
            Field("nature"),
            Field("outcome", choices(Lawsuit, "outcome")),
            Field("amount", "money"),
            Field("summary"),
            topics("lawsuits"),
        ),
        natural=(("docket_number",), ("title", "filed_on")),
        fixed=DRAFT,
    ),
    Sheet(
        "lawsuit_parties",
        "LawsuitParty",
        (
            Field("lawsuit_id", "reference", "lawsuit_id", "lawsuits", is_required=True),
            Field("role", choices(LawsuitParty, "role"), is_required=True),
            Field("name"),
            ACCUSED,
        ),
        scope="EXISTS (SELECT FROM officers_lawsuit c"
        " WHERE c.id = t.lawsuit_id AND c.department_id = %(department)s)",
        natural=(("lawsuit_id", "role", "name", "officer_id"),),
    ),
    Sheet(
        "links",
        "Link",
        (
            Field("url", "url", is_required=True, also=("link",)),
            Field("title"),
            Field("link_type", choices(Link, "link_type")),
            Field("description"),
            Field("author"),
            Field("has_content_warning", "flag"),
            Field(
                "officer_ids", "references", target="officers", many=("Link", "officers"), also=("officers",)
            ),
            Field(
                "incident_ids",
                "references",
                target="incidents",
                many=("Link", "incidents"),
                also=("incidents", "incidents_ids"),
            ),
            Field("complaint_ids", "references", target="complaints", many=("Link", "complaints")),
            Field("lawsuit_ids", "references", target="lawsuits", many=("Link", "lawsuits")),
        ),
        scope="("
        + " OR ".join(
            f"EXISTS (SELECT FROM officers_link_{name}s x JOIN officers_{name} o ON o.id = x.{name}_id"
            f" WHERE x.link_id = t.id AND {where})"
            for name, where in (
                ("incident", "o.department_id = %(department)s"),
                ("complaint", "o.department_id = %(department)s"),
                ("lawsuit", "o.department_id = %(department)s"),
                ("officer", OFFICERS.format("o.id")),
            )
        )
        + ")",
        natural=(("url",),),
    ),
)

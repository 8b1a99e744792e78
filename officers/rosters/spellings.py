"""What people write for what the record calls otherwise."""

UNKNOWN = {"not sure", "unknown", "n/a", "na", "none", "null", "-", "--", "?", "unk", "not specified"}
SPELLINGS = {
    "Officer.race": {
        **dict.fromkeys(["b", "african american", "african-american", "black or african american"], "BLACK"),
        **dict.fromkeys(["w", "caucasian", "white or caucasian"], "WHITE"),
        **dict.fromkeys(
            ["h", "latino", "latina", "latinx", "hispanic or latino", "hispanic/latino"], "HISPANIC"
        ),
        **dict.fromkeys(["a", "asian or asian american"], "ASIAN"),
        **dict.fromkeys(
            ["american indian", "american indian or alaska native", "american indian/alaskan native"],
            "NATIVE AMERICAN",
        ),
        **dict.fromkeys(
            ["native hawaiian or other pacific islander", "native hawaiian", "hawaiian"], "PACIFIC ISLANDER"
        ),
        **dict.fromkeys(["o", "two or more races", "two or more", "multiracial", "mixed"], "Other"),
    },
    "Officer.gender": {
        **dict.fromkeys(["male", "man"], "M"),
        **dict.fromkeys(["female", "woman"], "F"),
        **dict.fromkeys(["nonbinary", "non-binary", "x", "o"], "Other"),
    },
}
TRUE, FALSE = {"true", "t", "yes", "y", "1", "1.0"}, {"false", "f", "no", "n", "0", "0.0"}
SUFFIXES = {"jr": "Jr", "sr": "Sr", "junior": "Jr", "senior": "Sr", "2nd": "II", "3rd": "III"}

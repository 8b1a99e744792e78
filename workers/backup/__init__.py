"""A copy of the whole site in one file, and the way back: `manage.py backup FILE`, `manage.py restore FILE`.

In the file: every table of the database but the unlogged ones (what was measured from faces is never in it) and the
sign-ins that are open; everything in the private storage; the site's key, if asked for. Encrypted with age, so that it
can be opened without this program: `age -d -i KEY FILE | tar x`.

Tables are copied with COPY rather than with pg_dump: that bears any server's version and names of roles other than
ours, can be summed table by table on both sides, and the guards, rights and triggers always come from the migrations,
never from a file.
"""

"""Examples for rules.yml: what each rule must catch, and what it must let be. Nothing here is run."""

# ruleid: calls-another-computer
import socket
# ruleid: calls-another-computer
import urllib.request
# ok: calls-another-computer
from http import HTTPStatus
# ruleid: calls-another-computer
from urllib.request import urlopen
# ok: calls-another-computer
from urllib.parse import urlsplit

# ruleid: decodes-in-the-web-server
from PIL import Image
# ruleid: decodes-in-the-web-server
from PIL.ImageOps import exif_transpose
# ok: decodes-in-the-web-server
from privacy import photos


def search(request, cursor):
    # ruleid: a-request-in-sql
    cursor.execute(f"SELECT 1 FROM officers WHERE name = '{request.GET['name']}'")
    order = request.GET.get("order", "name")
    statement = "SELECT * FROM officers_officer ORDER BY " + order
    # ruleid: a-request-in-sql
    cursor.execute(statement)
    # ok: a-request-in-sql
    cursor.execute("SELECT 1 FROM officers_officer WHERE last_name = %s", [request.GET["name"]])
    # ok: a-request-in-sql
    cursor.execute(sql.SQL("SELECT min(id) FROM {}").format(sql.Identifier(request.GET["table"])))
    # ruleid: rows-by-raw-sql
    return Officer.objects.raw("SELECT * FROM officers_officer")


def somebodys(request, pk):
    # ruleid: rows-of-anybody
    shown = get_object_or_404(Officer, pk=pk)
    # ruleid: rows-of-anybody
    others = Photo.objects.all()
    # ruleid: rows-of-anybody
    return shown, others, Document.objects.get(pk=pk)


def theirs(request, pk):
    # ok: rows-of-anybody
    shown = get_object_or_404(Officer.objects.public(), pk=pk)
    # ok: rows-of-anybody
    return shown, Document.objects.kept_by(account(request)), Topic.objects.all()


def for_an_admin(request, pk):
    by = admin(request)
    # ok: rows-of-anybody
    return get_object_or_404(BulkRun, pk=pk), by


def noted(request, view):
    # ruleid: who-visits
    first = request.META["REMOTE_ADDR"]
    # ruleid: who-visits
    second = request.META.get("HTTP_X_FORWARDED_FOR", "")
    # ruleid: who-visits
    third = request.headers.get("User-Agent")
    # ruleid: who-visits
    fourth = view.get_ident(request)
    # ok: who-visits
    return first, second, third, fourth, request.META.get("CONTENT_LENGTH"), request.headers.get("If-Match")


def logged(request, user, face, photo, error):
    # ruleid: log-of-somebody
    logger.info("Signed in: %s", user)
    # ruleid: log-of-somebody
    logger.warning("Wrong password for %s", request.user.email)
    # ruleid: log-of-somebody
    logger.error(f"No match for {face.template}")
    # ruleid: log-of-somebody
    logger.error("It failed: %s", error)
    # ok: log-of-somebody
    logger.error("It failed: %s", type(error).__name__)
    # ok: log-of-somebody
    logger.error("The pixels of a photo are not there: %s", photo.pk)
    # ok: log-of-somebody
    logger.exception("The template network was converted into other bytes")


def sent_on(request):
    where = request.POST.get("next", "/")
    if request.POST.get("later"):
        # ruleid: sent-where-they-asked
        return redirect(request.GET["next"])
    if url_has_allowed_host_and_scheme(where, allowed_hosts=None):
        # ok: sent-where-they-asked
        return redirect(where)
    # ok: sent-where-they-asked
    return redirect(f"{reverse('home')}?{urlencode({'q': request.GET['q']})}")


# ruleid: form-without-its-token
@csrf_exempt
def form(request):
    return None


# ok: form-without-its-token
@csrf_protect
def guarded_form(request):
    # ruleid: form-without-its-token
    return csrf_exempt(form)

"""The list as a file: out to a spreadsheet, and back by way of a preview."""

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from desk.forms.drafts import ListFile
from desk.views.base import Page
from dispatch import importing, list_rows, policies
from organization import clock, sheets

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 100
KEPT = "list_file"


def attached(name, kind, data):
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


class Export(Page):
    """The list in force, for anyone: it is published. `?format=csv` or XLSX."""

    open_to_all = True

    def get(self, request):
        rows = importing.exported(at=self.at)
        name = f"responsibilities-{clock.day_of(self.at)}"
        if request.GET.get("format") == "csv":
            return attached(
                f"{name}.csv", "text/csv; charset=utf-8", sheets.comma_separated(list_rows.COLUMNS, rows)
            )
        return attached(f"{name}.xlsx", XLSX, sheets.workbook(list_rows.COLUMNS, rows))


class Import(Page):
    """Upload, look, take. The file waits under a name of its own, known to this session only, until it is taken."""

    template, nav = "desk/listing/import.html", "responsibilities"

    def dispatch(self, request, *args, **kwargs):
        self.waiting = request.session.get(KEPT)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        self.check()
        if "wrong" in request.GET and self.waiting:
            wrong = importing.wrong_rows(importing.preview(self.rows(), at=self.at))
            columns = [*list_rows.COLUMNS, _("Row"), _("What is wrong")]
            return attached("rows-to-mend.xlsx", XLSX, sheets.workbook(columns, wrong))
        return self.show(form=ListFile())

    def post(self, request):
        self.check()
        if request.POST.get("act") == "take" and self.waiting:
            return self.take()
        form = ListFile(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form=form)
        self.keep(form.cleaned_data["file"])
        try:
            return self.seen(form, importing.preview(self.rows(), at=self.at))
        except ValidationError as error:
            self.drop()
            form.add_error("file", error)
            return self.show(form=form)

    def seen(self, form, taken):
        counts = {
            word: sum(each.outcome == word for each in taken) for word in ("new", "changed", "same", "wrong")
        }
        return self.show(
            form=form,
            counts=counts,
            total=len(taken),
            drafts=counts["new"] + counts["changed"],
            wrong=[each for each in taken if each.outcome == importing.WRONG][:SHOWN],
            better=[each for each in taken if each.outcome in (importing.NEW, importing.CHANGED)][:SHOWN],
        )

    def take(self):
        words = _("From a file of %(day)s") % {"day": clock.day_of(self.at)}
        taken = importing.take(self.rows(), change=words, by=self.by, at=self.at)
        self.drop()
        made = sum(each.draft is not None and each.outcome != importing.SAME for each in taken)
        messages.success(
            self.request, _("%(n)s drafts are made. A second person reviews them now.") % {"n": made}
        )
        return redirect("desk:drafts")

    def check(self):
        if not policies.may_draft(self.by):
            raise PermissionDenied

    def keep(self, file):
        self.drop()
        self.waiting = self.request.session[KEPT] = default_storage.save(f"waiting/{uuid4().hex}", file)

    def drop(self):
        if self.waiting:
            default_storage.delete(self.waiting)
        self.request.session.pop(KEPT, None)
        self.waiting = None

    def rows(self):
        with default_storage.open(self.waiting) as file:
            return sheets.read(file, size=file.size, columns=list_rows.COLUMNS)

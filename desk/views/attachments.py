"""Photos: handed out only to those who may see their matter."""

from django.http import FileResponse, Http404

from desk.views.base import Page
from matters import attachments


class Photo(Page):
    """The stored file is our own re-encoded image; the headers still keep a browser from taking it for a page."""

    def get(self, request, pk):
        photo = attachments.visible(pk, self.by)
        if photo is None:
            raise Http404
        try:
            response = FileResponse(photo.file.open("rb"), content_type=photo.media_type)
        except FileNotFoundError as gone:
            raise Http404 from gone
        extension = photo.media_type.rpartition("/")[2]
        response["Content-Disposition"] = f'inline; filename="{photo.pk}.{extension}"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["Cache-Control"] = "private, max-age=3600"
        return response

from django.urls import path

from desk.views import (
    attachments,
    board,
    drafts,
    home,
    list_files,
    lists,
    matters,
    nodes,
    report,
    screen,
    tray,
)

app_name = "desk"
urlpatterns = [
    path("", home.Inbox.as_view(), name="inbox"),
    path("me/", home.Me.as_view(), name="me"),
    path("notices/", home.Notices.as_view(), name="notices"),
    path("tray/", tray.Tray.as_view(), name="tray"),
    path("board/", board.Board.as_view(), name="board"),
    path("duty/screen/", screen.Screen.as_view(), name="duty_screen"),
    path("duty/emergency/", screen.Modes.as_view(), name="modes"),
    path("duty/emergency/<int:pk>/end/", screen.EndMode.as_view(), name="end_mode"),
    path("responsibilities/", lists.Responsibilities.as_view(), name="responsibilities"),
    path("responsibilities/drafts/", drafts.Drafts.as_view(), name="drafts"),
    path("responsibilities/drafts/new/", drafts.New.as_view(), name="draft_new"),
    path("responsibilities/drafts/<int:pk>/", drafts.Draft.as_view(), name="draft"),
    path("responsibilities/drafts/<int:pk>/edit/", drafts.Edit.as_view(), name="draft_edit"),
    path("responsibilities/export/", list_files.Export.as_view(), name="list_export"),
    path("responsibilities/import/", list_files.Import.as_view(), name="list_import"),
    path("responsibilities/<str:code>/", lists.Line.as_view(), name="line"),
    path("matters/", matters.List.as_view(), name="matters"),
    path("matters/new/", report.New.as_view(), name="report"),
    path("matters/<str:number>/", matters.File.as_view(), name="matter"),
    path("matters/<str:number>/receipt/", report.Receipt.as_view(), name="receipt"),
    path("matters/<str:number>/reveal/", matters.Reveal.as_view(), name="reveal"),
    path("matters/<str:number>/<slug:verb>/", matters.Verb.as_view(), name="matter_verb"),
    path("nodes/<int:pk>/hand_in/preview/", nodes.Preview.as_view(), name="preview"),
    path("nodes/<int:pk>/<slug:verb>/", nodes.Verb.as_view(), name="node_verb"),
    path("attachments/<uuid:pk>/", attachments.Photo.as_view(), name="attachment"),
]

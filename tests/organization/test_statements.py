"""A statement that is compiled once answers what its queryset would answer."""

import pytest
from django.db import DataError, connection, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from organization import statements
from organization.models import Area, Department, Person, Post
from organization.statements import Given, Kept, Once, Statement

pytestmark = pytest.mark.django_db


def same(statement, queryset, **told):
    """The rows, compared field by field with what they are joined to."""
    ours, theirs = statement.all(**told), list(queryset)
    assert ours == theirs
    if theirs and hasattr(theirs[0], "_meta"):
        assert [each.get_deferred_fields() for each in ours] == [
            each.get_deferred_fields() for each in theirs
        ]
        assert [facts(each) for each in ours] == [facts(each) for each in theirs]
    return theirs


def facts(row):
    own = {name: value for name, value in vars(row).items() if name != "_state"}
    joined = {name: each and facts(each) for name, each in row._state.fields_cache.items()}
    return own, joined, row._state.db, row._state.adding


def test_models_come_with_what_they_are_joined_to(town):
    def posts(person):
        return Post.objects.filter(person=person).for_scope().order_by("pk")

    statement = Statement(posts(Given("person")))
    for person in Person.objects.all():
        assert same(statement, posts(person.pk), person=person.pk)


def test_columns_that_are_left_out_stay_left_out(town):
    def units(area):
        return Department.objects.filter(area__path__startswith=area).for_routing().order_by("code")

    statement = Statement(units(Given("path")))
    for area in Area.objects.all():
        same(statement, units(area.path), path=area.path)
    same(statement, units("/99_106%"), path="/99_106%")  # signs of LIKE are words here too


def test_rows_come_as_named_tuples_and_json_is_read(town):
    def grids(level):
        return (
            Area.objects.filter(level=level)
            .annotate(under=F("parent__name"))
            .order_by("-code")
            .values_list("ring", "under", "pk", named=True)
        )

    statement = Statement(grids(Given("level")))
    rows = same(statement, grids("grid"), level="grid")
    assert isinstance(rows[0].ring, list) and statement.all(level="grid")[0].ring == rows[0].ring
    assert statement.first(level="nowhere") is None


def test_many_numbers_may_be_given_or_none(town):
    statement = Statement(Area.objects.filter(pk__in=Given("areas", many=True)).order_by("pk"))
    some = sorted([town.grid.pk, town.village.pk])
    assert [area.pk for area in statement.all(areas=some)] == some
    assert statement.all(areas=[]) == []
    with pytest.raises(ValueError, match="invalid literal"):
        statement.all(areas=["1) OR (1=1"])


def test_a_question_nobody_can_answer_is_not_asked(town, django_assert_num_queries):
    statement = Statement(Area.objects.filter(pk__in=[]))
    with django_assert_num_queries(0):
        assert statement.all() == [] and statement.first() is None


def test_what_needs_a_second_query_is_refused():
    with pytest.raises(TypeError, match="one query"):
        Statement(Area.objects.prefetch_related("children"))


def test_a_value_that_was_not_told_is_an_error():
    with pytest.raises(KeyError):
        Statement(Area.objects.filter(pk=Given("area"))).all()


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only():
    locking = Area.objects.select_for_update(no_key=True).filter(pk=Given("area"))
    with transaction.atomic():
        statement = Statement(locking)
        assert statement.all(area=1) == []
    with pytest.raises(TransactionManagementError):
        statement.all(area=1)


def test_a_statement_is_composed_once_for_each_shape():
    composed = []

    def compose():
        composed.append(1)
        return Area.objects.all()

    kept = Kept(most=2)
    assert kept.of("a", compose) is kept.of("a", compose) and len(composed) == 1
    kept.of("b", compose)
    kept.of("c", compose)  # one too many: it begins anew
    kept.of("a", compose)
    assert len(composed) == 4
    once = Once(compose)
    once.all(), once.first()
    assert len(composed) == 5


def test_a_statement_is_prepared_once_for_a_connection(town, settings, monkeypatch):
    monkeypatch.setattr(statements, "MOST_PREPARED", 100_000)  # whatever other tests have prepared
    settings.PREPARED_STATEMENTS = True
    statement = Statement(Area.objects.filter(level=Given("level"), code__startswith="99").order_by("pk"))
    with CaptureQueriesContext(connection) as asked:
        first = statement.all(level="grid")
        again, none = statement.all(level="grid"), statement.all(level="%' OR '1'='1")
    assert first == again == list(Area.objects.filter(level="grid").order_by("pk")) and not none
    assert [("PREPARE" in query["sql"], "EXECUTE" in query["sql"]) for query in asked] == [
        (True, True),
        (False, True),
        (False, True),
    ]


def test_a_statement_that_could_not_be_prepared_is_prepared_the_next_time(town, settings, monkeypatch):
    monkeypatch.setattr(statements, "MOST_PREPARED", 100_000)  # whatever other tests have prepared
    settings.PREPARED_STATEMENTS = True
    statement = Statement(Area.objects.filter(pk=Given("area")))
    with pytest.raises(DataError), transaction.atomic():
        statement.all(area=2**70)
    assert statement.all(area=town.grid.pk) == [town.grid]


def test_without_preparing_the_answers_are_the_same(town, settings):
    settings.PREPARED_STATEMENTS = False
    statement = Statement(Area.objects.filter(level=Given("level")).order_by("pk"))
    with CaptureQueriesContext(connection) as asked:
        assert statement.all(level="grid") == list(Area.objects.filter(level="grid").order_by("pk"))
    assert "PREPARE" not in asked[0]["sql"]


def test_a_connection_prepares_only_so_many(town, monkeypatch, settings):
    settings.PREPARED_STATEMENTS = True
    monkeypatch.setattr("organization.statements.MOST_PREPARED", 0)
    statement = Statement(Area.objects.filter(level=Given("level")).order_by("pk"))
    with CaptureQueriesContext(connection) as asked:
        assert statement.all(level="grid") == list(Area.objects.filter(level="grid").order_by("pk"))
    assert "PREPARE" not in asked[0]["sql"]

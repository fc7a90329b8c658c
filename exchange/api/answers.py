"""What is answered: explicit fields, named by the contract. Contacts leave masked, and only to those who may know."""

from datetime import datetime

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dispatch.choices import Action, NodeKind, NodeStatus
from dispatch.models import Node
from exchange.api.answer import Answer
from matters.choices import Part, Status, Urgency
from matters.masking import name as masked_name
from matters.masking import phone as masked_phone
from matters.models import Matter
from organization.actors import Actor
from organization.choices import ActorKind, Level, UnitKind


def sent_by(matter: Matter, actor: Actor) -> bool:
    """Whether the actor sent the report."""
    sent = matter.client_id if actor.kind == ActorKind.CLIENT else matter.reported_by_id
    return sent is not None and sent == actor.id


Text = serializers.CharField
Number = serializers.IntegerField
Moment = serializers.DateTimeField


class Named(Answer):
    code = Text()
    name = Text()


class Unit(Answer):
    id = Number()
    code = Text()
    name = Text()


class PlaceOfMatter(Named):
    level = serializers.ChoiceField(choices=Level.choices)
    path = Text()


class ResponsibleUnit(Unit):
    level = serializers.ChoiceField(choices=Level.choices)
    kind = serializers.ChoiceField(choices=UnitKind.choices)
    area = Named()
    stationed_of = Unit(allow_null=True)


class PersonOfNode(Answer):
    id = Number()
    name = Text()


class Where(Answer):
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    address = Text()
    accuracy_m = serializers.FloatField(allow_null=True)


class Turn(Answer):
    department = Unit(source="responsible", allow_null=True)
    since = Moment(source="turn_since", allow_null=True)


class MaskedContact(Answer):
    name = Text()
    phone = Text()


class Length(Answer):
    amount = Number(source="limit_amount")
    unit = Text(source="limit_unit")


class NextRung(Answer):
    action = serializers.ChoiceField(choices=Action.choices)
    at = Moment()
    tells = serializers.ListField(child=Text())
    stops_by = Text()


class Why(Answer):
    """The line of the responsibility list that answered, and why the runner-up did not."""

    line = Text(source="line.code", default=None, allow_null=True)
    version = Number(source="line.version", default=None, allow_null=True)
    outcome = Text()
    reason = Text()
    matched = serializers.DictField()
    runner_up = serializers.DictField(allow_null=True)


def _read(text: str | None) -> datetime | None:
    """A moment of a stage, which its row keeps as text."""
    return datetime.fromisoformat(text) if text else None


class StageOfNode(Answer):
    """A moment on the way of a step; done by `progress` that names it."""

    name = Text()
    due_at = Moment()
    done_at = Moment(allow_null=True)
    missed = serializers.SerializerMethodField()

    def get_missed(self, stage: dict) -> bool:
        return bool(stage["missed_at"])


class NodeAnswer(Answer):
    id = Number()
    revision = Number()
    kind = serializers.ChoiceField(choices=NodeKind.choices)
    part = serializers.ChoiceField(choices=Part.choices)
    required = serializers.BooleanField()  # type: ignore[assignment]
    department = Unit()
    assignee = PersonOfNode(allow_null=True)
    status = serializers.ChoiceField(choices=NodeStatus.choices)
    suspended = serializers.SerializerMethodField()
    opened_at = Moment()
    signed_at = Moment(allow_null=True)
    acknowledged_at = Moment(allow_null=True)
    ring_at = Moment(allow_null=True)
    look_due_at = Moment(allow_null=True)
    first_response_due_at = Moment(allow_null=True)
    returnable_until = Moment(allow_null=True)
    due_at = Moment()
    next_alarm_at = Moment(allow_null=True)
    rung = Number()
    limit = Length(source="*")
    round = Number()
    stages = serializers.SerializerMethodField()

    @extend_schema_field(StageOfNode(many=True))
    def get_stages(self, node: Node) -> list:
        stages = [
            stage | {name: _read(stage[name]) for name in ("due_at", "done_at")} for stage in node.stages
        ]
        return list(StageOfNode(stages, many=True).data) if stages else []

    def get_suspended(self, node: Node) -> bool:
        return False


class MatterOfNode(Answer):
    number = Text()
    title = Text()
    status = serializers.ChoiceField(choices=Status.choices)
    urgency = serializers.ChoiceField(choices=Urgency.choices)


class ListedNode(NodeAnswer):
    matter = MatterOfNode()


class MatterRow(Answer):
    """A matter in a list. The context: who asks (`actor`), when (`at`), whose contact they may know (`contact`)."""

    number = Text()
    revision = Number()
    status = serializers.ChoiceField(choices=Status.choices)
    suspended = serializers.SerializerMethodField()
    round = Number()
    level = serializers.ChoiceField(choices=Level.choices)
    text = Text()
    title = Text()
    category = Named(allow_null=True)
    platform = Named(source="category.platform", default=None, allow_null=True)
    area = PlaceOfMatter()
    location = Where(source="*")
    channel = Text(source="channel.code")
    urgency = serializers.ChoiceField(choices=Urgency.choices)
    reporter = serializers.SerializerMethodField()
    reported_at = Moment()
    due_at = Moment(allow_null=True)
    first_due_at = Moment(allow_null=True)
    promise_at = Moment(allow_null=True)
    overdue = serializers.SerializerMethodField()
    escalated_level = serializers.ChoiceField(choices=Level.choices, allow_null=True)
    turn = Turn(source="*")
    responsible_department = ResponsibleUnit(source="responsible", allow_null=True)
    tracking_url = serializers.SerializerMethodField()
    sensitive = serializers.BooleanField()

    def get_suspended(self, matter: Matter) -> bool:
        return False

    def get_overdue(self, matter: Matter) -> bool:
        late = matter.soonest_due_at
        return bool(matter.is_open and late and late < self.context["at"])

    @extend_schema_field(MaskedContact(allow_null=True))
    def get_reporter(self, matter: Matter) -> dict | None:
        contact = getattr(matter, "reporter", None)
        if contact is None or not self.context["contact"](matter):
            return None
        return {"name": masked_name(contact.name), "phone": masked_phone(contact.phone)}

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_tracking_url(self, matter: Matter) -> str | None:
        """Whoever holds the link may rate, so only the sender of the report learns it."""
        if not sent_by(matter, self.context["actor"]):
            return None
        return self.context["request"].build_absolute_uri(f"/q/{matter.token}/")


class MatterFile(MatterRow):
    """One matter whole: with its nodes, what comes next, and why it came here."""

    nodes = NodeAnswer(many=True, source="known_nodes")
    next_rung = NextRung(allow_null=True)
    why = Why(allow_null=True)
    proposals = serializers.ListField(child=serializers.DictField())

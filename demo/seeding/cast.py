"""Who acts in the stories: everybody's appointments, read once."""

from collections import defaultdict

from dispatch.choices import NodeKind
from organization.actors import Actor
from organization.choices import Role
from organization.models import ApiClient, Post


class Cast:
    """Actors by unit and by place. The demo's posts are the same on every day of its ninety."""

    def __init__(self):
        posts = Post.objects.for_scope().select_related("person", "area", "department__area").order_by("pk")
        self._posts = defaultdict(list)
        for post in posts:
            self._posts[post.person_id].append(post)
        self._units = defaultdict(list)
        self._places = defaultdict(list)
        for post in posts:
            self._units[post.department_id].append(post)
            if post.area_id:
                self._places[post.area_id, post.role].append(post)
        self.hotline = Actor.of_client(ApiClient.objects.select_related("area").get(name="hotline"))

    def actor(self, post):
        return Actor.of_person(post.person, self._posts[post.person_id])

    def worker(self, node):
        """Whoever would do a step of the node: the assignee, else the unit's people in the order of the step."""
        if node.assignee_id:
            return self.actor(self._posts[node.assignee_id][0])
        first = Role.HANDLER if node.kind == NodeKind.HANDLE else Role.DISPATCHER
        order = [first, Role.HEAD, Role.DISPATCHER, Role.SUPERVISOR, Role.HANDLER]
        posts = sorted(self._units[node.department_id], key=lambda post: order.index(post.role))
        return self.actor(posts[0])

    def at(self, area, role):
        """Somebody with the role for the place or for one that contains it, or None."""
        while area:
            if posts := self._places[area.pk, role]:
                return self.actor(posts[0])
            area = area.parent
        return None

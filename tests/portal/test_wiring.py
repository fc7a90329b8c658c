"""The address `/` belongs to two doors."""


def test_strangers_get_the_public_front_and_staff_their_inbox(client, town):
    assert "/report/" in client.get("/").content.decode()
    client.force_login(town.grid_member)
    assert client.get("/").templates[0].name == "desk/home/inbox.html"

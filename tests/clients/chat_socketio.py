"""The whole chat by python-socketio: `python chat_socketio.py '{"transports": null, "scene": …}'`.

The scene is that of lib/scenario.mjs.
"""

import json
import queue
import sys
import threading

import requests
import socketio

NAMESPACE = "/support"
# No step takes this long, in seconds: it only turns a hang into a failure.
DEADLINE = 30


class Client:
    """A client as the library makes it, which comes back by itself, and the events that it hears."""

    def __init__(self, url, token, transports):
        self.events = queue.Queue()
        self.connected = threading.Event()
        self.io = socketio.Client()
        self.io.on("connect", self.connected.set, namespace=NAMESPACE)
        self.io.on("disconnect", lambda _reason: self.connected.clear(), namespace=NAMESPACE)
        self.io.on("*", lambda event, data: self.events.put((event, data)), namespace=NAMESPACE)
        options = {"transports": transports} if transports else {}
        self.io.connect(url, auth={"token": token}, namespaces=[NAMESPACE], wait_timeout=DEADLINE, **options)

    def ask(self, event, data):
        """The acknowledgement of an event."""
        answer = self.io.call(event, data, namespace=NAMESPACE, timeout=DEADLINE)
        assert answer["ok"] is True or set(answer) == {"ok", "error"}, answer
        return answer

    def done(self, event, data):
        """The acknowledgement of an event that must be done, without its `ok`."""
        answer = self.ask(event, data)
        assert answer.pop("ok") is True, answer
        return answer

    def refused(self, status, event, data):
        """The problem of an event that must be refused."""
        answer = self.ask(event, data)
        assert answer["ok"] is False and answer["error"]["status"] == status, answer
        return answer["error"]

    def heard(self, name):
        """The data of the next event of this name; events before it are dropped."""
        while True:
            event, data = self.events.get(timeout=DEADLINE)
            if event == name:
                return data

    def comes_back(self):
        """Cuts the connection and waits until the client is back."""
        self.connected.clear()
        self.io.eio.ws.sock.close()
        assert self.connected.wait(DEADLINE), "the client should come back"


def refusal(url, token, transports):
    """The problem with which a token is refused."""
    heard = queue.Queue()
    io = socketio.Client(reconnection=False)
    io.on("connect_error", heard.put, namespace=NAMESPACE)
    options = {"transports": transports} if transports else {}
    try:
        io.connect(url, auth={"token": token}, namespaces=[NAMESPACE], wait_timeout=DEADLINE, **options)
    except socketio.exceptions.ConnectionError:
        pass
    else:
        raise AssertionError("the token should have been refused")
    error = heard.get(timeout=DEADLINE)
    assert error["message"] == error["data"]["detail"], error
    return error["data"]


def main(transports, scene):
    url, people, ticket = scene["url"], scene["people"], scene["ticket"]
    room = {"ticketId": ticket["id"]}

    def http(method, who, path, body=None):
        headers = {"Authorization": f"Bearer {people[who]['token']}"}
        answer = requests.request(method, url + path, json=body, headers=headers, timeout=DEADLINE)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def say(who, message):
        return http("POST", who, f"/support/tickets/{ticket['id']}/messages", {"message": message})

    customer, agent, admin = (
        Client(url, people[who]["token"], transports) for who in ("customer", "agent", "admin")
    )
    print("connected")

    expected = {
        "ticket": http("GET", "customer", f"/support/tickets/{ticket['id']}"),
        "messages": http("GET", "customer", f"/support/tickets/{ticket['id']}/messages")["items"],
    }
    assert customer.done("join_ticket_room", {"ticketId": ticket["number"]}) == expected
    assert agent.done("join_ticket_room", {**room, "after": 0}) == expected
    assert agent.done("join_ticket_room", {**room, "after": 1})["messages"] == []
    print("joined")

    sent = {**room, "message": "Grüße 🦀", "clientMessageId": "p-1"}
    answer = customer.done("send_message", sent)
    message = answer["message"]
    assert (message["message"], message["sequence"], message["clientMessageId"]) == ("Grüße 🦀", 2, "p-1")
    assert customer.done("send_message", sent) == answer, "under the same name it is the same message"
    over_http = say("agent", "By HTTP.")
    for listener in (customer, agent):
        assert listener.heard("new_message") == message
        assert listener.heard("new_message") == over_http
    print("sent and heard")

    typing = {"ticketId": ticket["id"], "userId": people["agent"]["id"], "name": people["agent"]["name"]}
    assert agent.done("typing_start", room) == {}
    assert customer.heard("typing_indicator") == {**typing, "typing": True}
    # Nobody says that it ends.
    assert customer.heard("typing_indicator") == {**typing, "typing": False}
    assert customer.done("mark_read", {**room, "upTo": over_http["sequence"]}) == {"read": 2}
    receipt = {"ticketId": ticket["id"], "readBy": people["customer"]["id"], "upTo": over_http["sequence"]}
    for listener in (customer, agent):
        assert listener.heard("message_read") == receipt
    print("typed and read")

    assert customer.done("leave_ticket_room", room) == {}
    missed = [say("agent", "You are gone?")]
    assert agent.heard("new_message") == missed[0]
    customer.comes_back()
    missed.append(say("agent", "Hello?"))
    again = customer.done("join_ticket_room", {**room, "after": over_http["sequence"]})
    assert again["messages"] == missed, again
    assert customer.events.empty()
    live = say("agent", "There you are.")
    assert customer.heard("new_message") == live
    print("left, came back and missed nothing")

    assert customer.refused(403, "subscribe_tickets", {})
    assert admin.done("subscribe_tickets", {"status": "open"}) == {}
    opened = {"subject": "My card", "description": "It is blocked.", "category": "technical"}
    opened = http("POST", "stranger", "/support/tickets", opened)
    assert admin.heard("new_ticket") == opened
    assigned = {"ticketId": opened["id"], "agentId": people["agent"]["id"]}
    assigned = http("POST", "admin", "/support/tickets/assign", assigned)
    for listener in (admin, agent):
        told = listener.heard("ticket_assigned")
        assert (told["ticket"], told["agent"]["id"]) == (assigned, people["agent"]["id"])
    changed = http("PATCH", "agent", f"/support/tickets/{ticket['id']}", {"priority": "high"})
    assert customer.heard("ticket_updated") == {"ticket": changed, "changes": ["priority"]}
    escalated = {"ticketId": ticket["id"], "agentId": people["second"]["id"], "reason": "hard"}
    escalated = http("POST", "agent", "/support/tickets/escalate", escalated)
    told = customer.heard("ticket_escalated")
    assert (told["ticket"], told["reason"]) == (escalated, "hard")
    assert told["previousAgent"]["id"] == people["agent"]["id"]
    assigned = {"ticketId": ticket["id"], "agentId": people["third"]["id"]}
    assigned = http("POST", "admin", "/support/tickets/assign", assigned)
    told = customer.heard("ticket_assigned")
    assert (told["ticket"], told["previousAgent"]["id"]) == (assigned, people["second"]["id"])
    assert agent.heard("ticket_access_lost") == {"ticketId": ticket["id"]}
    assert agent.refused(404, "join_ticket_room", room)["code"] == "not_found"
    away = http("PATCH", "admin", f"/support/agents/{people['second']['id']}", {"status": "away"})
    told = {"agentId": away["id"], "status": "away", "activeTickets": away["activeTickets"]}
    while admin.heard("agent_status_changed") != told:
        pass
    print("watched")

    assert customer.refused(404, "join_ticket_room", {"ticketId": scene["foreign"]})["code"] == "not_found"
    wrong = customer.refused(422, "send_message", {**room, "message": "", "more": 1})
    assert {error["pointer"] for error in wrong["errors"]} == {"/message", "/more"}, wrong
    assert customer.refused(400, "dance", {})["code"] == "unknown_event"
    customer.io.emit("dance", {}, namespace=NAMESPACE)
    exception = customer.heard("exception")
    assert (exception["status"], exception["error"]["code"]) == ("error", "unknown_event")
    assert refusal(url, "nonsense", transports)["status"] == 401
    assert refusal(url, scene["expired"], transports)["status"] == 401
    print("refused")

    for client in (customer, agent, admin):
        client.io.disconnect()


if __name__ == "__main__":
    argument = json.loads(sys.argv[1])
    main(argument["transports"], argument["scene"])

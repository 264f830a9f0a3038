// The whole chat of docs/contract.md, section 4, by any client: `transport` makes clients of one kind.
//
// `scene` is what the test that starts the script has prepared: the address of the desk, people with their tokens, a
// ticket of the customer's that the agent handles, and a ticket of the stranger's.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Http } from "./http.mjs";
import { assertProblem, pointers } from "./problem.mjs";
import { Proxy } from "./proxy.mjs";
import { mint } from "./token.mjs";

/** How long somebody types who says nothing more, in milliseconds, less what a clock may be off. */
const TYPING = 6_000 - 50;

/** The data of the client's next event of this name; events of other names are left. */
async function heard(client, name) {
  const [, data] = await client.events.find(([event]) => event === name, `the event ${name}`);
  return data;
}

/** The names of the events that came before the answer to a question. */
async function heardMeanwhile(client, ticket) {
  assert.deepEqual(await client.ask("typing_stop", { ticketId: ticket }), { ok: true });
  return client.events.drain().map(([name]) => name);
}

/** The answer to an event that must be done, without its `ok`. */
async function done(client, event, data) {
  const { ok, ...answer } = await client.ask(event, data);
  assert.equal(ok, true, JSON.stringify(answer));
  return answer;
}

/** The problem of an event that must be refused. */
async function refused(client, status, code, event, data) {
  const { ok, error } = await client.ask(event, data);
  assert.equal(ok, false, `${event} should have been refused`);
  return assertProblem(error, status, code);
}

export function scenario(name, transport, scene) {
  test(name, async (t) => {
    const { url, people, ticket, foreign } = scene;
    const proxy = await Proxy.to(url);
    const http = Object.fromEntries(Object.entries(people).map(([who, { token }]) => [who, new Http(url, token)]));
    const client = (who) => {
      const made = transport.client(people[who].token);
      t.after(() => made.close());
      return made;
    };
    const [customer, agent, admin] = ["customer", "agent", "admin"].map(client);
    t.after(() => proxy.close());
    const room = { ticketId: ticket.id };
    /** One step of the chat, which does not care for what was left to be heard in the one before. */
    const step = (title, run) => {
      [customer, agent, admin].forEach(({ events }) => events.drain());
      return t.test(title, run);
    };
    /** The last message that everybody in the room was told. */
    let last;
    const say = async (who, message) => {
      last = await http[who].say(ticket.id, message);
      return last;
    };

    await step("connects with a token", async () => {
      await customer.connect(proxy.url);
      await agent.connect(url);
      await admin.connect(url);
    });

    await step("joins the room of a ticket, by number and by id, with and without what it holds", async () => {
      const messages = await http.customer.messages(ticket.id);
      const whole = await http.customer.get(`/support/tickets/${ticket.id}`);
      assert.ok(messages.length > 0);
      const expected = { ticket: whole, messages };
      assert.deepEqual(await done(customer, "join_ticket_room", { ticketId: ticket.number }), expected);
      assert.deepEqual(await done(agent, "join_ticket_room", { ...room, after: 0 }), expected);
      const { messages: none } = await done(agent, "join_ticket_room", { ...room, after: messages.at(-1).sequence });
      assert.deepEqual(none, []);
    });

    await step("sends, is acknowledged, and the room hears of it", async () => {
      const sent = { ...room, message: "  It stopped\tworking.\u0007 <b>Grüße</b> 🦀\n", clientMessageId: "c-1" };
      const { message, ...more } = await done(customer, "send_message", sent);
      assert.deepEqual(more, {});
      const { id, createdAt, ...rest } = message;
      assert.match(id, /^[0-9a-f-]{36}$/);
      assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.deepEqual(rest, {
        ticketId: ticket.id,
        senderId: people.customer.id,
        senderName: people.customer.name,
        senderType: "customer",
        message: "It stopped\tworking. <b>Grüße</b> 🦀",
        attachments: [],
        isRead: false,
        sequence: 2,
        clientMessageId: "c-1",
      });
      assert.deepEqual(await heard(customer, "new_message"), message);
      assert.deepEqual(await heard(agent, "new_message"), message);
      const again = await done(customer, "send_message", sent);
      assert.deepEqual(again, { message }, "under the same name it is the same message");
      const reply = await done(agent, "send_message", { ...room, message: "Let me see." });
      assert.equal(reply.message.sequence, 3);
      assert.equal(reply.message.clientMessageId, null);
      assert.deepEqual(await heard(customer, "new_message"), reply.message, "and nobody heard it twice");
      assert.deepEqual(await heard(agent, "new_message"), reply.message);
    });

    await step("sends without asking for an answer", async () => {
      customer.tell("send_message", { ...room, message: "Are you there?" });
      const message = await heard(agent, "new_message");
      assert.deepEqual([message.message, message.sequence], ["Are you there?", 4]);
      assert.deepEqual(await heard(customer, "new_message"), message);
    });

    await step("hears at once of messages that are sent over HTTP", async () => {
      for (const who of ["agent", "admin", "customer"]) {
        const message = await say(who, `By HTTP, from the ${who}.`);
        for (const listener of [customer, agent]) assert.deepEqual(await heard(listener, "new_message"), message);
      }
    });

    await step("hears of who types, which ends by itself, and the one who types does not", async () => {
      const { id: userId, name } = people.agent;
      const typing = (value) => ({ ticketId: ticket.id, userId, name, typing: value });
      assert.deepEqual(await done(agent, "typing_start", room), {});
      assert.deepEqual(await heard(customer, "typing_indicator"), typing(true));
      assert.deepEqual(await done(agent, "typing_start", room), {});
      assert.deepEqual(await done(agent, "typing_stop", room), {});
      assert.deepEqual(await heard(customer, "typing_indicator"), typing(false));
      const begun = performance.now();
      agent.tell("typing_start", room);
      assert.deepEqual(await heard(customer, "typing_indicator"), typing(true));
      assert.deepEqual(await heard(customer, "typing_indicator"), typing(false));
      assert.ok(performance.now() - begun >= TYPING, "not before its time");
      assert.deepEqual(await heardMeanwhile(agent, ticket.id), []);
    });

    await step("tells and hears what was read", async () => {
      const { read } = await done(customer, "mark_read", { ...room, upTo: last.sequence });
      assert.equal(read, 4, "the desk's messages and nobody else's");
      const receipt = { ticketId: ticket.id, readBy: people.customer.id, upTo: last.sequence };
      for (const listener of [customer, agent]) assert.deepEqual(await heard(listener, "message_read"), receipt);
      const unread = (await http.agent.messages(ticket.id)).filter((message) => !message.isRead);
      assert.ok(unread.every(({ senderType }) => senderType === "customer"), JSON.stringify(unread));
      await http.agent.post(`/support/tickets/${ticket.id}/messages/read`, { upTo: last.sequence });
      const answer = { ticketId: ticket.id, readBy: people.agent.id, upTo: last.sequence };
      for (const listener of [customer, agent]) assert.deepEqual(await heard(listener, "message_read"), answer);
    });

    await step("leaves a room and hears no more of it, until it joins again", async () => {
      assert.deepEqual(await done(customer, "leave_ticket_room", room), {});
      assert.deepEqual(await done(customer, "leave_ticket_room", room), {}, "twice is no mistake");
      const held = last.sequence;
      const missed = [await say("agent", "You are gone?"), await say("agent", "Hello?")];
      for (const message of missed) assert.deepEqual(await heard(agent, "new_message"), message);
      await refused(customer, 409, "not_in_room", "typing_start", room);
      assert.deepEqual(customer.events.drain(), []);
      const { messages } = await done(customer, "join_ticket_room", { ...room, after: held });
      assert.deepEqual(messages, missed);
    });

    await step("comes back after its connection was cut, and misses nothing", async () => {
      const held = last.sequence;
      const missed = [];
      await customer.comesBack(() => proxy.cut());
      for (let number = 0; number < 60; number += 1) missed.push(await say("agent", `Meanwhile ${number}`));
      const { messages } = await done(customer, "join_ticket_room", { ...room, after: held });
      assert.deepEqual(messages, missed);
      const next = await say("agent", "Back again.");
      assert.deepEqual(await heard(customer, "new_message"), next);
      const { messages: newest } = await done(customer, "join_ticket_room", room);
      assert.equal(newest.length, 50, "the newest, without `after`");
      assert.deepEqual(newest.at(-1), next);
    });

    await step("watches the list of tickets", async () => {
      await refused(customer, 403, undefined, "subscribe_tickets", {});
      assert.deepEqual(await done(admin, "subscribe_tickets", {}), {});
      const opened = await http.stranger.post("/support/tickets", {
        subject: "My card", description: "It is blocked.", category: "technical",
      });
      assert.deepEqual(await heard(admin, "new_ticket"), opened);
      const path = `/support/tickets/${opened.id}`;
      const urgent = await http.admin.patch(path, { priority: "urgent", tags: ["vip"] });
      const updated = await heard(admin, "ticket_updated");
      assert.deepEqual([updated.ticket, updated.changes.sort()], [urgent, ["priority", "tags"]]);

      const { name, id } = people.agent;
      const assigned = await http.admin.post("/support/tickets/assign", { ticketId: opened.id, agentId: id });
      const lou = { id, name, department: scene.department, tier: 1 };
      for (const listener of [admin, agent]) {
        assert.deepEqual(await heard(listener, "ticket_assigned"), { ticket: assigned, agent: lou });
      }
      const moved = await heard(admin, "ticket_updated");
      assert.deepEqual(moved.changes.sort(), ["assignedTo", "assignedToName", "department", "status"]);

      // One who subscribes again replaces what was asked before.
      await done(admin, "subscribe_tickets", { status: ["resolved", "closed"] });
      await http.admin.patch(path, { priority: "low" });
      await http.agent.patch(path, { status: "resolved", resolution: "Unblocked." });
      const resolved = await heard(admin, "ticket_updated");
      assert.equal(resolved.ticket.status, "resolved");
      for (const change of ["status", "resolution"]) assert.ok(resolved.changes.includes(change), change);
      await done(admin, "subscribe_tickets", {});
    });

    await step("hears in the room that the ticket changed", async () => {
      const changed = await http.agent.patch(`/support/tickets/${ticket.id}`, { priority: "high" });
      for (const listener of [customer, agent, admin]) {
        assert.deepEqual(await heard(listener, "ticket_updated"), { ticket: changed, changes: ["priority"] });
      }
    });

    await step("hears, as staff, who is available", async () => {
      for (const status of ["away", "available"]) {
        const { activeTickets } = await http.admin.patch(`/support/agents/${people.second.id}`, { status });
        const changed = { agentId: people.second.id, status, activeTickets };
        for (const listener of [agent, admin]) assert.deepEqual(await heard(listener, "agent_status_changed"), changed);
      }
      assert.ok(!(await heardMeanwhile(customer, ticket.id)).includes("agent_status_changed"));
    });

    await step("hears of an escalation", async () => {
      const { id, name } = people.second;
      const escalated = await http.agent.post("/support/tickets/escalate", {
        ticketId: ticket.id, agentId: id, reason: "needs a specialist",
      });
      const expected = {
        ticket: escalated,
        agent: { id, name, department: scene.department, tier: 2 },
        previousAgent: { id: people.agent.id, name: people.agent.name },
        reason: "needs a specialist",
      };
      for (const listener of [customer, agent, admin]) {
        assert.deepEqual(await heard(listener, "ticket_escalated"), expected);
        const { changes } = await heard(listener, "ticket_updated");
        assert.deepEqual(changes.sort(), ["escalatedTo", "escalatedToName", "status"]);
      }
      const told = await heard(customer, "new_message");
      assert.deepEqual([told.senderType, told.sequence], ["system", last.sequence + 1]);
    });

    await step("hears of a new agent, which ends what the former one hears", async () => {
      const { id, name } = people.third;
      const assigned = await http.admin.post("/support/tickets/assign", { ticketId: ticket.id, agentId: id });
      const expected = {
        ticket: assigned,
        agent: { id, name, department: scene.department, tier: 1 },
        previousAgent: { id: people.second.id, name: people.second.name },
      };
      for (const listener of [customer, admin]) assert.deepEqual(await heard(listener, "ticket_assigned"), expected);
      assert.equal((await heard(customer, "new_message")).senderType, "system");
      assert.deepEqual(await heard(agent, "ticket_access_lost"), { ticketId: ticket.id });
      await say("third", "I take over.");
      assert.deepEqual(await heard(customer, "new_message"), last);
      for (const [event, data] of [["join_ticket_room", room], ["send_message", { ...room, message: "May I?" }]]) {
        await refused(agent, 404, "not_found", event, data);
      }
      const known = ["agent_status_changed"];
      assert.deepEqual(agent.events.drain().filter(([event]) => !known.includes(event)), []);
    });

    await step("is refused what is not its own", async () => {
      const theirs = { ticketId: foreign };
      const unknown = { ticketId: "01900000-0000-7000-8000-0000000fffff" };
      for (const data of [theirs, unknown, { ticketId: "TKT-2001-999" }]) {
        await refused(customer, 404, "not_found", "join_ticket_room", data);
        await refused(customer, 404, "not_found", "send_message", { ...data, message: "Let me in." });
        await refused(customer, 404, "not_found", "mark_read", { ...data, upTo: 1 });
      }
      await http.stranger.say(foreign, "This is between us.");
      assert.deepEqual(await heardMeanwhile(customer, ticket.id), []);
    });

    await step("is told what is wrong with what it says", async () => {
      const wrong = [
        ["join_ticket_room", {}, ["/ticketId"]],
        ["join_ticket_room", { ticketId: 7 }, ["/ticketId"]],
        ["join_ticket_room", { ...room, after: -1 }, ["/after"]],
        ["join_ticket_room", { ...room, after: "1" }, ["/after"]],
        ["join_ticket_room", { ...room, since: 1 }, ["/since"]],
        ["leave_ticket_room", { ticketId: null }, ["/ticketId"]],
        ["send_message", { ...room }, ["/message"]],
        ["send_message", { ...room, message: " \n " }, ["/message"]],
        ["send_message", { ...room, message: "x".repeat(10_001) }, ["/message"]],
        ["send_message", { message: 7, clientMessageId: "" }, ["/clientMessageId", "/message", "/ticketId"]],
        ["typing_start", {}, ["/ticketId"]],
        ["typing_stop", { ticketId: [] }, ["/ticketId"]],
        ["mark_read", { ...room }, ["/upTo"]],
        ["mark_read", { ...room, upTo: 1.5 }, ["/upTo"]],
      ];
      for (const [event, data, expected] of wrong) {
        const problem = await refused(customer, 422, "validation_failed", event, data);
        assert.deepEqual(pointers(problem), expected, `${event} ${JSON.stringify(data)}`);
      }
      await refused(admin, 422, "validation_failed", "subscribe_tickets", { status: "gone" });
      for (const data of ["text", 7, [room], null]) {
        await refused(customer, 422, "validation_failed", "join_ticket_room", data);
      }
    });

    await step("is told that an event is unknown", async () => {
      for (const event of ["dance", "new_message", "authenticate!", ""]) {
        await refused(customer, 400, "unknown_event", event, {});
      }
      customer.tell("dance", {});
      assertProblem(await customer.failure(), 400, "unknown_event");
      customer.tell("join_ticket_room", { ticketId: foreign });
      assertProblem(await customer.failure(), 404, "not_found");
    });

    await step("is refused without a token that holds", async () => {
      const { token } = people.customer;
      const expired = mint(scene.secret, { sub: people.customer.id, role: "customer" }, -60);
      const forged = mint("a secret that the service does not know!", { sub: people.customer.id, role: "admin" }, 60);
      for (const wrong of ["nonsense", token.slice(0, -2), expired, forged]) {
        assertProblem(await transport.refusal(wrong, url), 401);
      }
    });

    await step("is ended when its token expires", async () => {
      // On a machine that is very busy a short life may be over before it has begun.
      for (let life = 2; ; life *= 2) {
        const brief = transport.client(mint(scene.secret, { sub: people.customer.id, role: "customer" }, life));
        t.after(() => brief.close());
        try {
          await brief.connect(url);
        } catch {
          continue;
        }
        await brief.isEnded();
        break;
      }
    });
  });
}

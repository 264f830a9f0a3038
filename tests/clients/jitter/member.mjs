/** Why a connection may end in the jitter run; any other end is a fault. 1013 is for one who was too slow for once. */
const FAIR_CLOSES = [1000, 1001, 1005, 1006, 1012, 1013];
/** How long the answer to an event may take before it is sent again, in milliseconds. */
export const PATIENCE = 20_000;

/** Somebody in some rooms, what they hold of each, and everything that was wrong on the way. */
export class Member {
  faults = [];
  ends = {};
  delivered = 0;

  constructor(name, token, rooms) {
    Object.assign(this, { name, token });
    this.held = new Map(rooms.map((room) => [room, []]));
  }

  /** Takes a message, which must be the next one of its room. */
  take(message) {
    const held = this.held.get(message.ticketId);
    if (!held) return this.fault(`a message of a foreign room, ${message.ticketId}`);
    const expected = held.length + 1;
    if (message.sequence !== expected) {
      return this.fault(`${message.sequence} instead of ${expected} in the room ${message.ticketId}`);
    }
    held.push({ id: message.id, text: message.message, name: message.clientMessageId });
    this.delivered += 1;
  }

  /**
   * Joins all rooms behind what is held of them. `ask` sends an event over the connection that was just made, if that
   * is still there, and calls back with the answer.
   */
  join(ask) {
    for (const [ticketId, held] of this.held) {
      const again = () => {
        ask("join_ticket_room", { ticketId, after: held.length }, (answer) => {
          if (answer.ok) answer.messages.forEach((message) => this.take(message));
          else if (answer.error.status >= 500) setTimeout(again, 500);
          else this.fault(`a join was refused: ${JSON.stringify(answer.error)}`);
        });
      };
      again();
    }
  }

  /** Notes the end of a connection by a close code, or for another reason. */
  end(reason) {
    this.ends[reason] = (this.ends[reason] ?? 0) + 1;
    if (typeof reason === "number" && !FAIR_CLOSES.includes(reason)) this.fault(`closed with ${reason}`);
  }

  fault(what) {
    this.faults.push(`${this.name}: ${what}`);
  }
}

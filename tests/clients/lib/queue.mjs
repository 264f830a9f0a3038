import { deferred, within } from "./within.mjs";

/** What arrives, in order, for one reader; it ends once, for a reason. */
export class Queue {
  #items = [];
  #waiting = null;
  #end = deferred();
  #ended = false;

  push(item) {
    this.#items.push(item);
    this.#waiting?.resolve();
  }

  end(reason) {
    this.#ended = true;
    this.#end.resolve(reason);
    this.#waiting?.resolve();
  }

  /** Resolves when something arrives; fails once nothing will. */
  async #arrival(awaited) {
    if (this.#ended) {
      const reason = await this.#end.promise;
      throw new Error(`${awaited} did not come before the end: ${JSON.stringify(reason)}`);
    }
    this.#waiting = deferred();
    await within(this.#waiting.promise, awaited);
  }

  /** The next item. What is left when the queue ends is still to be read; after it, reading fails. */
  async next(awaited = "the next item") {
    while (this.#items.length === 0) await this.#arrival(awaited);
    return this.#items.shift();
  }

  /** The next item that fits; those before it stay. */
  async find(fits, awaited = "an item that fits") {
    for (;;) {
      const at = this.#items.findIndex(fits);
      if (at >= 0) return this.#items.splice(at, 1)[0];
      await this.#arrival(awaited);
    }
  }

  /** Everything that is there by now, without waiting. */
  drain() {
    return this.#items.splice(0);
  }

  /** Why it ended. */
  ended() {
    return within(this.#end.promise, "the end");
  }
}
